import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { NetworkNamespace, ObservedTopology } from '../results/results';
import { hostEnd } from '../vantage/veth';
import type { EngineHost } from '../vantage/host';
import { listensOn, networkView, networkViews, networkViewWithSockets, type NetworkView, type ViewWithSockets } from '../vantage/procfs';
import type { Container, ContainerObject } from './container';
import { withoutEvidence } from '../world/evidence';
import { pidsAreOurs, type Provisioner } from './nginx';

/** Milliseconds after which an answer is done without; all of them together take some 50 where nothing else is going on. */
const timeLimit = 3000;

/**
 * What a topology looks like while all of its containers run; undefined if one does not run any more. It is no evidence
 * of any claim. What cannot be observed is null or empty, and an answer that takes too long counts as none.
 */
export function observeTopology(
  name: string,
  members: readonly Container[],
  provisioner: Provisioner,
): Promise<ObservedTopology | undefined> {
  return withoutEvidence(() => observe(name, members, provisioner));
}

async function observe(
  name: string,
  members: readonly Container[],
  { context, docker, host }: Provisioner,
): Promise<ObservedTopology | undefined> {
  const seen = await Promise.all(
    members.map(async (container) => ({
      container,
      object: await soon(docker.getContainer(container.id).inspect() as Promise<unknown> as Promise<ContainerObject>),
    })),
  );
  const running = seen.flatMap(({ container, object }) => (object?.State.Running ? [{ container, object }] : []));
  if (running.length < members.length) return undefined;
  const ids = new Map(
    running.flatMap(({ object }) =>
      Object.entries(object.NetworkSettings.Networks ?? {}).map(([network, { NetworkID }]) => [network, NetworkID || network]),
    ),
  );
  const [{ outside, inside }, networks] = await Promise.all([
    pidsAreOurs(context.host) ? lookFromHost(running, host) : lookFromEach(running, host),
    Promise.all([...ids].map(([network, id]) => observeNetwork(network, id, docker))),
  ]);
  const hostNamespace = outside ? namespaceOf(outside) : null;
  const containers = running.map(({ container, object }, index) => {
    const view = inside[index];
    return {
      name: container.name,
      networks: Object.entries(object.NetworkSettings.Networks ?? {}).map(([network, { IPAddress, GlobalIPv6Address }]) => ({
        name: network,
        address: IPAddress || GlobalIPv6Address || '',
      })),
      namespace: view ? namespaceOf(view) : null,
      published: publishedPorts(object),
      listening: view ? ownSockets(view, container, object.HostConfig.NetworkMode === 'host' || view.namespace === outside?.namespace) : [],
    };
  });
  return {
    name,
    host: hostNamespace,
    networks: networks.map(({ named, ...network }) => ({ ...network, ...bridgeOf(network.name, named, containers, hostNamespace) })),
    containers,
  };
}

interface Member {
  container: Container;
  object: ContainerObject;
}

interface Views {
  outside: NetworkView | undefined;
  /** one for each container, in their order */
  inside: (ViewWithSockets | undefined)[];
}

/** One command on the host looks at all namespaces: a run has other things to do at that moment. */
async function lookFromHost(members: readonly Member[], host: EngineHost): Promise<Views> {
  const views = await soon(
    networkViews(
      members.map(({ object }) => object.State.Pid),
      host,
    ),
  );
  return { outside: views?.own, inside: views?.others ?? [] };
}

async function lookFromEach(members: readonly Member[], host: EngineHost): Promise<Views> {
  const [outside, ...inside] = await Promise.all([
    soon(networkView(host)),
    ...members.map(({ container }) => soon(networkViewWithSockets(container))),
  ]);
  return { outside, inside };
}

/** The answer, or undefined if there is none, or none soon enough. */
async function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  const given = new AbortController();
  try {
    return await Promise.race([answer, pause(timeLimit, undefined, { ref: false, signal: given.signal })]);
  } catch {
    return undefined;
  } finally {
    given.abort();
  }
}

function namespaceOf({ namespace, links, gateways }: NetworkView): NetworkNamespace {
  return {
    id: namespace,
    links: Object.entries(links)
      .map(([name, link]) => ({ name, ...link }))
      .sort((a, b) => a.index - b.index),
    gateways,
  };
}

/** In a namespace that a container shares with the host, only the sockets on its own ports are known to be its own. */
function ownSockets({ listening }: ViewWithSockets, { ports }: Container, shared: boolean): string[] {
  return shared ? listening.filter((socket) => ports.some((port) => listensOn([socket], port))) : listening;
}

function publishedPorts({ NetworkSettings: { Ports } }: ContainerObject): ObservedTopology['containers'][number]['published'] {
  return Object.entries(Ports ?? {}).flatMap(([exposed, bindings]) => {
    const [port, protocol = 'tcp'] = exposed.split('/');
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      hostAddress: HostIp,
      hostPort: Number(HostPort),
      containerPort: Number(port),
      protocol,
    }));
  });
}

/** A network as the engine describes it; `named` is the bridge of the host that its options name. Podman describes none for the host mode. */
async function observeNetwork(name: string, id: string, docker: Dockerode) {
  const object = await soon(
    docker.getNetwork(id).inspect() as Promise<{
      Driver?: string;
      IPAM?: { Config?: { Subnet?: string }[] | null };
      Options?: Record<string, string> | null;
    }>,
  );
  return {
    name,
    driver: object?.Driver ?? '',
    subnets: (object?.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    named: object?.Options?.['com.docker.network.bridge.name'],
  };
}

/** The bridge that a member's veth pair leads to; without such a member the one that the engine names, if the host has it. */
function bridgeOf(
  network: string,
  named: string | undefined,
  containers: ObservedTopology['containers'],
  host: NetworkNamespace | null,
): { bridge?: string } {
  for (const { networks, namespace } of containers) {
    const address = networks.find(({ name }) => name === network)?.address;
    const own = namespace?.links.find(({ addresses }) => address && addresses.some((it) => it.startsWith(`${address}/`)));
    const bridge = own && host && hostEnd(own, host.links)?.bridge;
    if (bridge) return { bridge };
  }
  return named !== undefined && host?.links.some(({ name }) => name === named) ? { bridge: named } : {};
}

/** File below the run's directory in which a topology is left to the process that puts the results together. */
export const topologyFile = (directory: string, name: string) => path.join(directory, `topology-${name}.json`);

/** Leaves an observed topology there. Of several workers with one topology the last tells. */
export function handOverTopology(topology: ObservedTopology, directory: string): void {
  writeFileSync(topologyFile(directory, topology.name), JSON.stringify(topology));
}
