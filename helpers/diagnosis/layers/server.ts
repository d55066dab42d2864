import type { NamespaceState } from '../namespace-state';
import { containerLink, isBridged, isHost, lastSource } from '../scene';
import { isLoopback, silence, type Rung } from './layer';
import { policyRouting } from './policy-routing';

/** The server itself, and its way back. */
export const atTheServer: readonly Rung[] = [
  policyRouting('target.policy-routing', 'Does the server lead what it answers another way?', (scene) =>
    isHost(scene, scene.target) || scene.target === scene.source ? undefined : scene.target,
  ),
  {
    code: 'target.loopback-only',
    asks: 'Does the server listen on its loopback only?',
    explains: ['refused', 'reset'],
    look: ({ target, targetContainer, targetPort }) => {
      const sockets = listeners(target, targetPort);
      if (!target || sockets.length === 0 || !sockets.every(({ address }) => isLoopback(address))) return undefined;
      return {
        summary: `the server in ${target.place} listens on port ${targetPort} of its loopback only (${sockets.map(({ address }) => address).join(', ')})`,
        remedy: `Let the server in ${targetContainer?.containerName ?? target.place} listen on 0.0.0.0:${targetPort}: its own configuration says where it listens.`,
        seen: [{ of: target, section: 'listening' }],
      };
    },
  },
  {
    code: 'target.other-address-only',
    asks: 'Does the server listen on the address that is asked for?',
    explains: ['refused', 'reset'],
    look: ({ target, targetContainer, targetPort, targetAddress }) => {
      const sockets = listeners(target, targetPort);
      // ss shows a socket that takes both families as *
      const all = ['*', targetAddress?.includes(':') ? '::' : '0.0.0.0'];
      if (
        !target ||
        targetAddress === undefined ||
        sockets.length === 0 ||
        sockets.some(({ address }) => [...all, targetAddress].includes(address))
      )
        return undefined;
      return {
        summary: `the server in ${target.place} listens on ${sockets.map(({ address }) => `${address}:${targetPort}`).join(', ')}, not on ${targetAddress}`,
        remedy: `Let the server in ${targetContainer?.containerName ?? target.place} listen on ${targetAddress.includes(':') ? '[::]' : '0.0.0.0'}:${targetPort}: its own configuration says where it listens.`,
        seen: [{ of: target, section: 'listening' }],
      };
    },
  },
  {
    code: 'target.not-listening',
    asks: 'Does anybody listen on the port?',
    explains: ['refused', 'reset'],
    look: ({ target, targetContainer, targetPort }) => {
      if (!target || target.printed.link === '' || listeners(target, targetPort).length > 0) return undefined;
      return {
        summary: `nobody listens on TCP port ${targetPort} in ${target.place}`,
        remedy: `Let the server listen there, or ask at the port where it listens; docker logs ${targetContainer?.containerName ?? target.place} shows why it does not.`,
        seen: [{ of: target, section: 'listening' }],
      };
    },
  },
  {
    code: 'target.no-way-back',
    asks: 'Has the server a route back to the client?',
    explains: silence,
    look: (scene) => {
      const { target, host } = scene;
      const from = lastSource(scene);
      if (!target || !from || isHost(scene, target)) return undefined;
      const answers = Object.entries(target.routes).filter(([asked]) => !/ (mark|with) /.test(asked) && asked !== scene.targetAddress);
      const own = containerLink(target);
      // what came through a router may go back another way
      const directly = isBridged(scene) || isHost(scene, from);
      const wrong = answers.find(
        ([, route]) =>
          !route.found ||
          (directly && route.link !== own?.name) ||
          (route.gateway !== undefined && host !== undefined && !host.addresses.some(({ address }) => address === route.gateway)),
      );
      if (!wrong) return undefined;
      const [address, route] = wrong;
      const what = route.found
        ? `sends it on ${route.link}${route.gateway === undefined ? '' : ` via ${route.gateway}`}`
        : `has no route to it (${route.why})`;
      return {
        summary: `packets reach ${target.place}, and its answer to ${address} does not come back: it ${what}`,
        remedy: `docker restart ${scene.targetContainer?.containerName ?? target.place}`,
        seen: [
          { of: target, section: 'route' },
          { of: target, section: 'routes' },
        ],
      };
    },
  },
  {
    code: 'target.stopped',
    asks: 'Do the processes of the server run?',
    explains: ['timed-out'],
    look: ({ target, targetProcesses }) => {
      const stopped = targetProcesses.filter((state) => /\bT \(stopped\)|\bt \(tracing stop\)/.test(state));
      return target && stopped.length > 0
        ? {
            summary: `the server in ${target.place} is stopped by a signal: the kernel accepts connections and nobody answers`,
            remedy: `kill -CONT ${stopped.map((state) => /process (\d+)$/.exec(state)?.[1] ?? '').join(' ')}`,
            seen: [{ where: 'host', what: `processes of ${target.place}`, answer: stopped.join('\n') }],
          }
        : undefined;
    },
  },
  {
    code: 'target.frozen',
    asks: 'Are they frozen?',
    explains: ['timed-out'],
    look: ({ target, targetProcesses, targetContainer }) => {
      const frozen = targetProcesses.filter((state) => state.startsWith('frozen'));
      const [process] = frozen;
      return target && process !== undefined
        ? {
            summary: `the processes of the server in ${target.place} are frozen, and the engine knows nothing of it: the kernel accepts connections and nobody answers`,
            remedy: `Somebody froze its control group, and has to thaw it: cat /proc/${/(\d+)$/.exec(process)?.[1] ?? 'PROCESS'}/cgroup shows which; its freezer.state wants THAWED, with version 2 its cgroup.freeze wants 0. Or: docker restart ${targetContainer?.containerName ?? target.place}`,
            seen: [{ where: 'host', what: `processes of ${target.place}`, answer: frozen.join('\n') }],
          }
        : undefined;
    },
  },
];

function listeners(state: NamespaceState | undefined, port: number): NamespaceState['listening'] {
  return state?.listening.filter((socket) => socket.port === port) ?? [];
}
