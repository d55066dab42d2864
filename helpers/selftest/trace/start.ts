import type Dockerode from 'dockerode';
import { labels } from '../../run/compose-labels';
import { certificateVariable, type Project, type ProjectNetwork, type Service } from './projects';

/** What a project was started with. */
export interface Started {
  stop(): Promise<void>;
}

/**
 * Starts what `docker compose up` would: networks and containers with its names and labels.
 * @param certificate key and certificate, PEM, for servers of TLS
 */
export async function startProject(docker: Dockerode, image: string, project: Project, certificate: string): Promise<Started> {
  const made: { remove(): Promise<unknown> }[] = [];
  const stop = async () => {
    for (const it of made.splice(0).reverse()) await it.remove();
  };
  try {
    const networks = await makeNetworks(docker, project, made);
    for (const [name, services] of Object.entries(project.projects)) {
      // who shares another one's namespace comes after it
      const ordered = Object.entries(services).sort(([, one], [, other]) => rank(one) - rank(other));
      for (const [service, it] of ordered) await startService(docker, { image, project: name, service, it, networks, certificate, made });
    }
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const rank = ({ networkMode = '' }: Service): number => (networkMode.startsWith('container:') ? 1 : 0);

async function makeNetworks(
  docker: Dockerode,
  { projects, networks = {} }: Project,
  made: { remove(): Promise<unknown> }[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const project of Object.keys(projects)) {
    for (const [network, settings] of Object.entries({ default: {}, ...networks }) as [string, ProjectNetwork][]) {
      const name = settings.external ? network : `${project}_${network}`;
      names.set(`${project} ${network}`, name);
      if ([...names.values()].filter((it) => it === name).length > 1) continue;
      const created = await docker.createNetwork({
        Name: name,
        Internal: settings.internal ?? false,
        EnableIPv6: settings.ipv6 !== undefined,
        ...(settings.withoutIpv4 && { EnableIPv4: false }),
        Labels: settings.external ? {} : { [labels.project]: project, [labels.network]: network },
        Options: settings.options ?? {},
        IPAM: {
          Driver: 'default',
          Config: [settings.subnet, settings.ipv6].flatMap((Subnet) => (Subnet === undefined ? [] : [{ Subnet }])),
        },
      });
      made.push({ remove: () => created.remove() });
    }
  }
  return names;
}

interface Starting {
  image: string;
  project: string;
  service: string;
  it: Service;
  networks: ReadonlyMap<string, string>;
  certificate: string;
  made: { remove(): Promise<unknown> }[];
}

async function startService(docker: Dockerode, { image, project, service, it, networks, certificate, made }: Starting): Promise<void> {
  const name = `${project}-${service}-1`;
  const endpoints = Object.entries(it.networks ?? { default: {} }).map(
    ([network, { aliases = [], address }]): [string, Dockerode.EndpointSettings] => [
      networks.get(`${project} ${network}`) ?? network,
      { Aliases: it.nameless ? [] : [name, service, ...aliases], ...(address !== undefined && { IPAMConfig: { IPv4Address: address } }) },
    ],
  );
  const ports = (it.ports ?? []).map((port) => {
    const [, hostAddress = '', hostPort = '', containerPort = ''] = /^(?:(.+):)?(\d+):(\d+(?:\/\w+)?)$/.exec(port) ?? [];
    return { key: containerPort.includes('/') ? containerPort : `${containerPort}/tcp`, HostIp: hostAddress, HostPort: hostPort };
  });
  const container = await docker.createContainer({
    name,
    Image: image,
    ...(it.command !== undefined && { Entrypoint: ['sh', '-c', it.command], Cmd: [] }),
    Env: [...(it.environment ?? []), ...(it.command?.includes(certificateVariable) ? [`${certificateVariable}=${certificate}`] : [])],
    ...(it.user !== undefined && { User: it.user }),
    ...(it.health !== undefined && { Healthcheck: { Test: ['CMD-SHELL', it.health], Interval: 300_000_000, Retries: 1 } }),
    ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
    Labels: { [labels.project]: project, [labels.service]: service, [labels.number]: '1' },
    HostConfig: {
      NetworkMode: it.networkMode ?? endpoints[0]?.[0] ?? 'none',
      PortBindings: Object.fromEntries(ports.map(({ key, HostIp, HostPort }) => [key, [{ HostIp, HostPort }]])),
      ...(it.extraHosts && { ExtraHosts: it.extraHosts }),
      ...(it.readOnly && { ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: ['NET_BIND_SERVICE'] }),
    },
    ...(it.networkMode === undefined && {
      NetworkingConfig: { EndpointsConfig: Object.fromEntries<Dockerode.EndpointSettings>(endpoints) },
    }),
  });
  made.push({ remove: () => container.remove({ force: true, v: true }) });
  await container.start();
  if (it.state === 'exited') await container.wait();
  if (it.state === 'paused') await container.pause();
}
