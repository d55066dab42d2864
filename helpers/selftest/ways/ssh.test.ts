import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from '../../engine/connect';
import { parseHost, type Endpoint, type SshAddress } from '../../engine/endpoint';
import type { Lab } from '../../lab';
import { brokenLab, labTimeLimit, runTimeLimit } from '../broken-lab';
import { commandLine } from '../command-line';
import { farMachine, slowShell, type FarMachine } from './sshd';

/* OpenSSH as it is, on both sides; the other machine is the host of a lab, and its names are ssh's own. */

describe('an engine on a machine that ssh alone knows', () => {
  let lab: Lab | undefined;
  let far: FarMachine | undefined;
  beforeAll(async () => {
    lab = await brokenLab();
    far = await farMachine(lab);
  }, labTimeLimit);
  afterAll(async () => {
    await far?.stop();
    await lab?.stop();
  });

  const endpoint = (text: string): Endpoint => ({ ...(parseHost(text, 'DOCKER_HOST') as SshAddress), found: 'DOCKER_HOST' });
  const env = () => ({ ...process.env, ...far?.env });

  it.each(['engine', 'jumped'])(
    "is judged over ssh://%s, a name of ssh's configuration",
    async (name) => {
      const ended = await commandLine(['run', '--claim', 'bridge.default.peers-reach-each-other', 'bridge.default.names-are-unknown'], {
        env: { ...far?.env, DOCKER_HOST: `ssh://${name}` },
        timeout: runTimeLimit,
      });
      expect({ status: ended.status, unjudged: ended.unjudged(), conforming: ended.with('conforms') }).toEqual({
        status: 0,
        unjudged: [],
        conforming: ['bridge.default.names-are-unknown', 'bridge.default.peers-reach-each-other'],
      });
      expect(ended.results().engine.reachedBy).toContain(`ssh://${name}`);
    },
    runTimeLimit,
  );

  it(
    'is waited for where the shell of the other side is slow to start',
    async () => {
      const since = performance.now();
      const connection = await connect(endpoint('ssh://slow'), { env: env() });
      await connection.close();
      expect(performance.now() - since).toBeGreaterThan(slowShell * 1000);
      expect(connection.version).toHaveProperty('ApiVersion');
    },
    runTimeLimit,
  );

  it(
    'is an error in the words of ssh where nobody listens',
    async () => {
      await expect(connect(endpoint('ssh://nobody'), { env: env() })).rejects.toEqual(
        expect.objectContaining({
          name: 'UserError',
          message: expect.stringMatching(/ssh:\/\/nobody \(DOCKER_HOST\) cannot be reached over ssh: \S/),
        }),
      );
    },
    runTimeLimit,
  );
});
