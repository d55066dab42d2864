import type { Container } from '../containers/container';
import { eventually } from '../claim/eventually';
import { identityPath } from '../vantage/fetch';
import { read } from '../world/vantage-point';

/** One TCP connection that stays open. */
export interface Conversation {
  /** Asks the server who it is. */
  ask: () => Promise<void>;
  /** How often the server has said who it is, once that is as often as expected or two seconds have passed. */
  answers: (expected: number) => Promise<number>;
}

/**
 * Opens one connection from a container to the server of another, on which that server can be asked again and again: one
 * that breaks gives no further answer.
 * @param address IPv4 address of the server, which listens on port 80
 * @throws ProbeBroken where the container has no tools for it
 */
export async function conversation(from: Container, server: Container, address: string): Promise<Conversation> {
  // opened for reading and writing, a fifo neither ends with a question nor waits for somebody to read it
  await read(from, [
    'sh',
    '-c',
    `busybox mkfifo /tmp/questions && : >/tmp/answers && { nc ${address} 80 <>/tmp/questions >/tmp/answers 2>&1 & }`,
  ]);
  const ask = `printf 'GET ${identityPath} HTTP/1.1\\r\\nHost: server\\r\\n\\r\\n' 1<>/tmp/questions`;
  const count = async () => Number((await from.exec(['grep', '-c', server.token, '/tmp/answers'])).stdout);
  return {
    ask: async () => {
      await read(from, ['sh', '-c', ask]);
    },
    answers: (expected) => eventually(count, (seen) => seen >= expected, { within: 2000 }),
  };
}
