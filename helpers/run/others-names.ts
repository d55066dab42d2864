import type Dockerode from 'dockerode';
import { withoutEvidence } from '../world/evidence';
import type { EngineFacts } from '../claim/engine-facts';
import type { VantagePoint } from '../world/vantage-point';
import { networkViewWithSockets } from '../vantage/procfs';
import { runLabel } from './objects';
import type { Redaction } from './redaction';

/** Label values that are shorter are words like `true`. */
const shortestLabel = 8;

interface Labelled {
  Labels?: Record<string, string> | null | undefined;
}

/**
 * Finds out what others are called on an engine and its host, so that evidence need not tell it. To be called before
 * the run has made anything, and when it has removed all: what cannot be asked is done without.
 */
export function learnOthersNames(redaction: Redaction, docker: Dockerode, host: VantagePoint, engine: EngineFacts): Promise<void> {
  return withoutEvidence(async () => {
    redaction.keep(engine.defaultBridge?.subnet);
    const looks = [
      ofEngine(redaction, docker),
      ofContainers(redaction, docker),
      ofNetworks(redaction, docker),
      ofVolumes(redaction, docker),
      ofHost(redaction, host, engine),
    ];
    await Promise.all(looks.map((look) => look.catch(() => undefined)));
  });
}

function isOthers({ Labels }: Labelled): boolean {
  return Labels?.[runLabel] === undefined;
}

function addLabels(redaction: Redaction, { Labels }: Labelled): void {
  redaction.add('text', ...Object.values(Labels ?? {}).filter((value) => value.length >= shortestLabel));
}

async function ofEngine(redaction: Redaction, docker: Dockerode): Promise<void> {
  const { Name, ID, Labels, HttpProxy, HttpsProxy, NoProxy } = (await docker.info()) as Partial<
    Record<'Name' | 'ID' | 'HttpProxy' | 'HttpsProxy' | 'NoProxy', string>
  > & { Labels?: string[] | null };
  redaction.add('host', Name);
  redaction.add('text', ID, HttpProxy, HttpsProxy, NoProxy, ...(Labels ?? []));
}

async function ofContainers(redaction: Redaction, docker: Dockerode): Promise<void> {
  for (const container of (await docker.listContainers({ all: true })).filter(isOthers)) {
    const { Names, Id, Image, Command, Mounts, NetworkSettings } = container as Partial<Dockerode.ContainerInfo>;
    redaction.add('container', ...(Names ?? []).map((name) => name.replace(/^\//, '')));
    redaction.add('id', Id);
    redaction.add('image', Image);
    redaction.add('text', Command, ...(Mounts ?? []).flatMap(({ Source, Name }) => [Source, Name]));
    addLabels(redaction, container);
    for (const end of Object.values(NetworkSettings?.Networks ?? {})) {
      redaction.add('address', end.IPAddress, end.GlobalIPv6Address);
      redaction.add('mac', end.MacAddress);
      redaction.add('id', end.EndpointID);
    }
  }
}

async function ofNetworks(redaction: Redaction, docker: Dockerode): Promise<void> {
  const builtin = ['bridge', 'host', 'none', 'podman'];
  for (const network of (await docker.listNetworks()).filter((it) => isOthers(it) && !builtin.includes(it.Name))) {
    redaction.add('network', network.Name);
    redaction.add('id', network.Id);
    redaction.add(
      'link',
      `br-${network.Id.slice(0, 12)}`,
      network.Options?.['com.docker.network.bridge.name'],
      network.Options?.['parent'],
    );
    addLabels(redaction, network);
    for (const { Subnet, Gateway } of network.IPAM?.Config ?? []) {
      redaction.add('address', Subnet, Gateway);
      redaction.addRange(Subnet);
    }
  }
}

async function ofVolumes(redaction: Redaction, docker: Dockerode): Promise<void> {
  for (const volume of (((await docker.listVolumes()).Volumes as Dockerode.VolumeInspectInfo[] | null) ?? []).filter(isOthers)) {
    redaction.add('volume', volume.Name);
    redaction.add('text', volume.Mountpoint);
    addLabels(redaction, volume);
  }
}

async function ofHost(redaction: Redaction, host: VantagePoint, engine: EngineFacts): Promise<void> {
  const [view, files] = await Promise.all([
    networkViewWithSockets(host),
    host.exec(['sh', '-c', 'hostname; cat /etc/resolv.conf; cat /proc/net/arp; true']),
  ]);
  const gateway = engine.defaultBridge?.gateway;
  for (const [name, { addresses, macAddress }] of Object.entries(view.links)) {
    const isDefaultBridge = addresses.some((address) => address.startsWith(`${gateway ?? ''}/`));
    if (name === 'lo' || isDefaultBridge) continue;
    // eth0 is also what containers call their own
    if (!/^eth\d$/.test(name)) redaction.add('link', name);
    redaction.add('mac', macAddress);
    redaction.add('address', ...addresses);
    for (const address of addresses.filter((it) => !it.startsWith('fe80:'))) redaction.addRange(address);
  }
  redaction.add('address', ...view.gateways);
  redaction.add('listener', ...view.listening);
  for (const line of files.stdout.split('\n')) {
    const [first = '', ...words] = line.trim().split(/\s+/);
    if (first === 'nameserver') redaction.add('name-server', words[0]);
    else if (first === 'search' || first === 'domain') redaction.add('domain', ...words.filter((word) => word.includes('.')));
    else if (words.length === 0) redaction.add('host', first);
    else if (/^[\d.]+$/.test(first)) {
      redaction.add('address', first);
      redaction.add(
        'mac',
        words.find((word) => /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(word) && word !== '00:00:00:00:00:00'),
      );
    }
  }
}
