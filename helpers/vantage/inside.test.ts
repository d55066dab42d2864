import { describe, expect, it } from '@jest/globals';
import type Dockerode from 'dockerode';
import { SetUpFailed } from '../claim/set-up';
import { runInContainer } from './inside';

const running = { Running: true, Paused: false, Pid: 42 };

/** An engine whose containers are in this state, and which refuses to run anything in them. */
function engineWith(state: object): Dockerode {
  const refuses = () => Promise.reject(Object.assign(new Error('the engine was asked'), { statusCode: 409 }));
  return { getContainer: () => ({ inspect: () => Promise.resolve({ State: state }), exec: refuses }) } as unknown as Dockerode;
}

const inLab = (...enter: string[]) => ({ kind: 'lab' as const, enter });

describe('a command inside a container', () => {
  it("must enter the container's namespaces from the host of a lab, and see nothing that is set on the machine", async () => {
    const { exitCode, stdout } = await runInContainer(engineWith(running), inLab('echo'), 'id', 'box', ['cat', '/etc/hosts']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^env -i PATH=\S+ HOME=\/root LC_ALL=C busybox nsenter -t 42 -m -u -n -p cat \/etc\/hosts\n$/),
    });
  });

  it('must pass on that the program is not there', async () => {
    const enter = inLab('sh', '-c', "echo \"nsenter: can't execute 'curl': No such file or directory\" >&2; exit 127");
    expect(await runInContainer(engineWith(running), enter, 'id', 'box', ['curl'])).toMatchObject({ exitCode: 127 });
  });

  it.each([
    ['of an engine elsewhere', running, { kind: 'here', samePids: true }],
    ['of one that does not run', { Running: false, Pid: 0 }, inLab('echo')],
    ['of one that is paused', { ...running, Paused: true }, inLab('echo')],
    ['of one that has ended since', running, inLab('sh', '-c', "echo \"nsenter: can't open '/proc/42/ns/mnt'\" >&2; exit 1")],
  ] as const)('must be left to the engine: a container %s', async (_, state, access) => {
    await expect(runInContainer(engineWith(state), access as never, 'id', 'box', ['true'])).rejects.toThrow(SetUpFailed);
  });
});
