import { anyFailure, type Rung } from './layer';

/** The client's and the server's containers. */
export const containers: readonly Rung[] = [
  {
    code: 'target.not-running',
    asks: 'Does the container that must answer run?',
    explains: anyFailure,
    look: ({ targetContainer: target }) => {
      if (!target || target.status === 'running' || target.status === 'paused') return undefined;
      const status = target.status === 'exited' && target.exitCode !== undefined ? `exited with status ${target.exitCode}` : target.status;
      return {
        summary: `${target.name} does not run: it is ${status}`,
        remedy: `docker start ${target.containerName}`,
        seen: [{ where: 'engine', what: `state of ${target.name}`, answer: status }],
      };
    },
  },
  {
    code: 'target.paused',
    asks: 'Is the container that must answer paused?',
    explains: ['timed-out'],
    look: ({ targetContainer: target }) =>
      target?.status === 'paused'
        ? {
            summary: `${target.name} is paused: its kernel accepts connections and nobody answers`,
            remedy: `docker unpause ${target.containerName}`,
            seen: [{ where: 'engine', what: `state of ${target.name}`, answer: 'paused' }],
          }
        : undefined,
  },
];
