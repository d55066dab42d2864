import { parseRoutes, readState, type NamespaceState, type RouteAnswer, type Section } from '../diagnosis/namespace-state';
import type { ContainerView, NetworkView, Scene } from '../diagnosis/scene';
import type { Outcome, OutcomeKind } from '../claim/outcome';
import type { CommandResult } from '../world/vantage-point';
import { ids, printedByHost, printedByNginx01, printedByNginx02, printedByOther, routeAnswers } from './diagnosis-recordings';

/** The port of the host that leads to port 80 of nginx02. */
export const hostPort = 32768;

/** The host's end of each container's veth pair. */
export const wire = { nginx01: 'vethf96bbc5', nginx02: 'veth974f3bd', other: 'vethcb1896c' };
export const macOfOther = '22:c5:fb:3d:aa:f6';
export const bridgeOfOther = 'br-1bead70cd95b';

/** What the engine tells of a container; its name in reports differs from the one that the engine knows. */
function view(name: keyof typeof ids, features: Partial<ContainerView>): ContainerView {
  return {
    id: ids[name],
    name,
    containerName: `${name}-1`,
    status: 'running',
    exitCode: 0,
    pid: 100,
    networkMode: 'bridge',
    addresses: {},
    published: [],
    ...features,
  };
}

export const nginx01 = () => view('nginx01', { pid: 272, addresses: { bridge: '172.17.0.2' } });
export const nginx02 = () =>
  view('nginx02', {
    pid: 320,
    addresses: { bridge: '172.17.0.3' },
    published: [
      { hostAddress: '0.0.0.0', hostPort, containerPort: 80 },
      { hostAddress: '::', hostPort, containerPort: 80 },
    ],
  });
export const other = () => view('other', { pid: 392, networkMode: 'backend', addresses: { backend: '172.18.0.2' } });
export const hostMode = () => view('other', { pid: 449, networkMode: 'host', addresses: { host: '' } });

export const bridge = (): NetworkView => ({ name: 'bridge', driver: 'bridge', bridge: 'docker0' });
export const backend = (): NetworkView => ({ name: 'backend', driver: 'bridge', bridge: bridgeOfOther });

/** What a command leaves that printed this. */
export const printing = (stdout: string): CommandResult => ({ exitCode: 0, stdout, stderr: '' });

/** What stateScript prints, from what its commands print; one that is left out prints nothing. */
export function asPrinted(printed: Partial<Record<Section, string>>): string {
  const sections = Object.keys(readState('', printing('')).printed) as Section[];
  return sections.map((section) => `--section--\n${printed[section] ?? ''}`).join('');
}

/** A state as it was recorded. */
export const recorded = (place: string, printed: Partial<Record<Section, string>>): NamespaceState =>
  readState(place, printing(asPrinted(printed)));

/** How a probe ends that nobody answers; details in curl's words. */
export function failed(kind: Exclude<OutcomeKind, 'reached'>, detail = ''): Outcome {
  return { kind, detail };
}

export const answeredBy = (by: string | undefined): Outcome => ({
  kind: 'reached',
  status: 200,
  by,
  body: '',
  remoteAddress: '172.17.0.3',
});

/** The answer of `ip route get` that was recorded under this name. */
export function route(name: keyof typeof routeAnswers): RouteAnswer {
  const answer = parseRoutes(`@ asked\n${routeAnswers[name]}`)['asked'];
  if (!answer) throw new Error(`no answer was recorded as ${name}`);
  return answer;
}

/** nginx01 asks nginx02, its neighbour on the default bridge, and gets no answer although all is well. */
export function betweenPeers(outcome = failed('timed-out')): Scene {
  return {
    outcome,
    origin: 'http://172.17.0.3:80',
    hostname: '172.17.0.3',
    port: 80,
    sourceContainer: nginx01(),
    targetContainer: nginx02(),
    targetPort: 80,
    targetAddress: '172.17.0.3',
    viaHostPort: false,
    network: bridge(),
    sourceNetwork: bridge(),
    source: recorded('nginx01', printedByNginx01),
    host: recorded('host', printedByHost),
    target: recorded('nginx02', printedByNginx02),
    hits: [],
    traces: new Map(),
    earlier: new Map(),
    traffic: new Map([
      [`host ${wire.nginx01}`, { received: 2, sent: 0 }],
      [`host ${wire.nginx02}`, { received: 0, sent: 2 }],
    ]),
    proxies: ['dockerd (process 24)', 'docker-proxy (process 334)', 'docker-proxy (process 340)'],
    stoppedProxies: [],
    leadingProxies: [],
    targetProcesses: ['S (sleeping), process 320', 'S (sleeping), process 333'],
  };
}

/** The host asks nginx02 at its address. */
export function fromHost(outcome?: Outcome): Scene {
  const scene = betweenPeers(outcome);
  return { ...scene, sourceContainer: undefined, sourceNetwork: undefined, source: scene.host };
}

/** The host asks its own port that leads to nginx02. */
export function throughHostPort(outcome?: Outcome): Scene {
  return { ...fromHost(outcome), origin: `http://localhost:${hostPort}`, hostname: 'localhost', port: hostPort, viaHostPort: true };
}

/** nginx01 asks the port of the host that leads to nginx02. */
export function throughHostPortFromContainer(outcome?: Outcome): Scene {
  return { ...betweenPeers(outcome), origin: `http://172.17.0.1:${hostPort}`, hostname: '172.17.0.1', port: hostPort, viaHostPort: true };
}

/** other, on a network of its own, asks nginx02 at its address. */
export function betweenNetworks(outcome?: Outcome): Scene {
  const scene = betweenPeers(outcome);
  const { host, target } = scene;
  if (host) host.routes = { ...host.routes, '172.17.0.3 from 172.18.0.2': route('on the host, for a packet from other to nginx02') };
  if (target) target.routes = { '172.18.0.2': route('in nginx02, for its answer to other') };
  return { ...scene, sourceContainer: other(), sourceNetwork: backend(), source: recorded('other', printedByOther) };
}
