import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import type { EverydayScene } from '../../../fixtures/faults/everyday/model';
import { run } from '../../base/process';
import { Container, type ContainerObject } from '../../containers/container';
import { connect } from '../../engine/connect';
import type { Variables } from '../../faults/script';
import { socketInLab, type Lab } from '../../lab';
import { identityPath } from '../../vantage/fetch';
import { EngineHost } from '../../vantage/host';
import { networkView, networkViewOf } from '../../vantage/procfs';
import { vethPeer } from '../../vantage/veth';
import type { VantagePoint } from '../../world/vantage-point';

/** What each scene is made of: networks, which of them each container is in (that of the probe last), and how it is asked. */
const made: Record<EverydayScene, MadeOf> = {
  pair: { networks: [], client: ['bridge'], server: ['bridge'] },
  'two-networks': { networks: ['alpha', 'beta', 'shared'], client: ['alpha', 'shared'], server: ['beta', 'shared'] },
  named: { networks: ['shared'], client: ['shared'], server: ['shared'], asked: 'by name' },
  ipv6: { networks: ['shared'], client: ['shared'], server: ['shared'], asked: 'over IPv6' },
  'host-port': { networks: [], client: ['bridge'], server: ['bridge'], asked: 'at a published port' },
  'host-service': { networks: [], client: ['bridge'], server: ['host'], asked: 'at the bridge' },
};

interface MadeOf {
  networks: string[];
  client: string[];
  server: string[];
  /** absent: at the address of the server in its last network */
  asked?: 'by name' | 'over IPv6' | 'at a published port' | 'at the bridge';
}

/** A client and a server that runs in a lab, and what scripts know of them. */
export interface MadeScene {
  docker: Dockerode;
  host: EngineHost;
  from: VantagePoint;
  server: Container;
  variables: Variables;
  /** where the server is asked for now */
  origin(): Promise<string>;
  close(): Promise<void>;
}

/** What scripts can call besides. */
const functions = String.raw`
inside() { eval "pid=\$${'$'}{1}_PID"; shift; busybox nsenter -t "$pid" -n "$@"; }
running() { for it in /proc/[0-9]*; do ! tr '\0' ' ' 2>/dev/null <"$it/cmdline" | grep -q -- "$1" || [ "$it" = /proc/$$ ] || echo "${'$'}{it#/proc/}"; done; }
reload() {
  eval "id=\$${'$'}{1}_ID" "pid=\$${'$'}{1}_PID"; workers=$(cat "/proc/$pid/task/$pid/children")
  docker exec "$id" nginx -s reload 2>/dev/null
  for worker in $workers; do while [ -e "/proc/$worker" ]; do sleep 0.02; done; done
}
configure() {
  eval "id=\$${'$'}{1}_ID"
  docker exec "$id" sh -c '[ -e /tmp/before ] || cp /etc/nginx/conf.d/default.conf /tmp/before; printf "%s\n" "$1" >/etc/nginx/conf.d/default.conf' sh "$2"
  reload "$1"
}
restore() { eval "id=\$${'$'}{1}_ID"; docker exec "$id" cp /tmp/before /etc/nginx/conf.d/default.conf; reload "$1"; }`;

/** Runs a script on a lab's host; it must succeed. @returns what it prints */
export async function onHost(lab: Lab, script: string, variables: Variables = {}): Promise<string> {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  const text = [`export DOCKER_HOST=unix://${socketInLab}`, ...assignments, functions, script].join('\n');
  const { exitCode, stdout, stderr } = await run(lab.enter(['timeout', '-s', 'KILL', '30', 'sh', '-euc', text]));
  if (exitCode !== 0) throw new Error(`on the lab's host: ${script}\nended with status ${exitCode}: ${stderr || stdout}`);
  return stdout.trim();
}

/** Makes a scene in a lab where nothing else is. */
export async function makeScene(lab: Lab, name: EverydayScene): Promise<MadeScene> {
  const { networks, client, server, asked: how } = made[name];
  const publishes = how === 'at a published port';
  const token = randomBytes(16).toString('hex');
  const start = (who: string, [first, ...more]: readonly string[], options = '') =>
    [
      `docker run --detach --name ${who} --network ${first} ${options} ${lab.image.reference} >/dev/null`,
      ...more.map((network) => `docker network connect ${network} ${who}`),
    ].join('\n');
  await onHost(
    lab,
    [
      // programs that hosts have; a lab has them as parts of another one
      'for name in nsenter sysctl; do command -v $name >/dev/null || ln -s "$(command -v busybox)" /usr/bin/$name; done',
      ...networks.map(
        (network, index) =>
          `docker network create --subnet 172.${28 + index}.0.0/24 ${how === 'over IPv6' ? '--ipv6 --subnet fd00:cafe::/64' : ''} ${network} >/dev/null`,
      ),
      start('client', client),
      start('server', server, publishes ? '--publish 80' : ''),
      `docker exec server sh -c 'echo ${token} >/usr/share/nginx/html${identityPath}'`,
    ].join('\n'),
  );
  const connection = await connect({ kind: 'unix', path: lab.socketPath, found: 'a lab' });
  const { docker } = connection;
  const access = { kind: 'lab' as const, enter: lab.enter([]) };
  const host = new EngineHost(access, docker);
  const asked = (how === 'at the bridge' ? client : server).at(-1) ?? '';
  const members = {
    client: await memberOf(docker, host, 'client', client.at(-1) ?? ''),
    server: await memberOf(docker, host, 'server', asked),
  };
  const container = (it: 'client' | 'server') => new Container(it, members[it].id, it, it === 'server' ? token : '', [80], docker, access);
  const target = container('server');
  return {
    docker,
    close: () => connection.close(),
    host,
    from: publishes ? host : container('client'),
    server: target,
    variables: {
      ...members.client.variables,
      ...members.server.variables,
      BRIDGE: await bridgeOf(docker, asked),
      HOST_PORT: publishes ? `${await target.hostPort(80)}` : '',
      IMAGE: lab.image.reference,
    },
    origin: async () => {
      switch (how) {
        case 'by name':
          return 'http://server';
        case 'over IPv6':
          return `http://[${(await target.endpoint(asked)).GlobalIPv6Address}]`;
        case 'at a published port':
          return `http://127.0.0.1:${await target.hostPort(80)}`;
        case 'at the bridge':
          return `http://${(await container('client').endpoint(asked)).Gateway}`;
        default:
          return target.origin(asked);
      }
    },
  };
}

async function bridgeOf(docker: Dockerode, network: string): Promise<string> {
  const { Id, Options } = (await docker.getNetwork(network).inspect()) as { Id: string; Options?: Record<string, string> };
  return Options?.['com.docker.network.bridge.name'] ?? `br-${Id.slice(0, 12)}`;
}

async function memberOf(docker: Dockerode, host: EngineHost, name: string, network: string): Promise<{ id: string; variables: Variables }> {
  const { Id, State, NetworkSettings } = (await docker.getContainer(name).inspect()) as unknown as ContainerObject;
  const [inside, outside] = await Promise.all([networkViewOf(State.Pid, host), networkView(host)]);
  const ends = Object.entries(outside.links).map(([link, it]) => ({ ...it, name: link }));
  const own = name.toUpperCase();
  const inNetwork = (of: string, prefix: string): Variables => {
    const { IPAddress: address = '', GlobalIPv6Address: address6 = '' } = NetworkSettings.Networks?.[of] ?? {};
    const [dev, link] =
      Object.entries(inside.links).find(([, { addresses }]) => addresses.some((it) => it.startsWith(`${address}/`))) ?? [];
    return {
      [`${prefix}_IP`]: address,
      [`${prefix}_IP6`]: address6,
      [`${prefix}_DEV`]: dev ?? '',
      [`${prefix}_VETH`]: (link && vethPeer(link, ends)?.name) ?? '',
    };
  };
  const other = Object.keys(NetworkSettings.Networks ?? {}).find((it) => it !== network);
  return {
    id: Id,
    variables: {
      [`${own}_ID`]: Id,
      [`${own}_PID`]: `${State.Pid}`,
      ...inNetwork(network, own),
      ...(other === undefined ? {} : inNetwork(other, `${own}_OTHER`)),
    },
  };
}
