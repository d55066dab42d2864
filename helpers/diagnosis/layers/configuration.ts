import type { ContainerView } from '../scene';
import { anyFailure, type Finding, type Rung } from './layer';

/** The engine's own configuration. */
export const configuration: readonly Rung[] = [
  {
    code: 'target.not-in-a-network',
    asks: 'Is the container that must answer in any network?',
    explains: anyFailure,
    look: ({ targetContainer: target }) =>
      target &&
      target.status === 'running' &&
      !['host', 'none'].includes(target.networkMode) &&
      !target.networkMode.startsWith('container:') &&
      Object.keys(target.addresses).length === 0
        ? {
            summary: `${target.name} is attached to no network: somebody disconnected it`,
            remedy: `docker network connect ${target.networkMode === 'default' ? 'bridge' : target.networkMode} ${target.containerName}`,
            seen: [{ where: 'engine', what: `networks of ${target.name}`, answer: 'none' }],
          }
        : undefined,
  },
  {
    code: 'engine.no-default-bridge',
    asks: 'Has the engine a default bridge at all?',
    explains: anyFailure,
    look: ({ network, targetContainer }) =>
      network?.driver === 'absent' && network.name === 'bridge'
        ? {
            summary: `the engine was started without a default bridge, so ${targetContainer?.name ?? 'the container'} has no link to others`,
            remedy: "remove --bridge=none from the daemon's options, or docker network create NAME",
            seen: [{ where: 'engine', what: 'GET /networks/bridge', answer: 'there is no such network' }],
          }
        : undefined,
  },
];

/** That a container is not in the network in which it is looked for, and in others. */
export function notIn(network: string, { name, containerName, addresses }: ContainerView): Finding {
  const others = Object.keys(addresses).join(', ');
  return {
    summary: `${name} is not in the network ${network}, only in ${others}: somebody disconnected it`,
    remedy: `docker network connect ${network} ${containerName}`,
    seen: [{ where: 'engine', what: `networks of ${name}`, answer: others }],
  };
}
