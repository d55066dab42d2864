import { describe, expect, it } from '@jest/globals';
import { recording } from '../world/evidence';
import { Deviation, verdictOf } from '../claim/verdict';
import { openClient } from '../engine/client';
import { EngineHost, hostAsFarAsSeen } from './host';

/** never asked in these tests */
const noDocker = openClient();
const here = new EngineHost({ kind: 'here', samePids: true }, noDocker);

describe("the engine's host", () => {
  it('must be this machine where it is here', async () => {
    expect(await here.exec(['printf', 'x'])).toEqual({ exitCode: 0, stdout: 'x', stderr: '' });
  });

  it('must be entered where it is a lab, and that is not told as part of the command', async () => {
    const lab = new EngineHost({ kind: 'lab', enter: ['env', 'INSIDE=yes'] }, noDocker);
    const [entry] = await recording(
      () => lab.exec(['sh', '-c', 'echo $INSIDE']),
      () => undefined,
    );
    expect(entry).toMatchObject({ kind: 'host', where: 'host', what: "sh -c 'echo $INSIDE'", answer: 'yes\n' });
  });

  it('must leave what needs it blocked where it is not looked at, and be without any program for a run that goes on', async () => {
    const unseen = { kind: 'unseen', why: 'the engine answered 500, no pids' } as const;
    expect(await new EngineHost(unseen, noDocker).exec(['true']).catch(verdictOf)).toEqual({ verdict: 'blocked', reason: unseen.why });
    expect(await hostAsFarAsSeen(unseen, noDocker).exec(['true'])).toMatchObject({ exitCode: 127, stdout: '' });
    expect(await hostAsFarAsSeen({ kind: 'here', samePids: true }, noDocker).exec(['true'])).toMatchObject({ exitCode: 0 });
  });

  it('must give the command lines of the programs of one name, and of no other', async () => {
    const [own] = (await here.commandLines('node')).filter((line) => line.includes('jest'));
    expect(own).toBeDefined();
    expect(await here.commandLines('no-such-program')).toEqual([]);
  });

  it('must keep of all processes only those asked for as evidence', async () => {
    const entries = await recording(
      () => here.commandLines('no-such-program'),
      () => undefined,
    );
    expect(entries).toEqual([expect.objectContaining({ what: 'processes called no-such-program', answer: '' })]);
  });

  it('must find the link that has an address, and call it a deviation where none has', async () => {
    expect(await here.linkWith('127.0.0.1')).toBe('lo');
    await expect(here.linkWith('192.0.2.254')).rejects.toThrow(Deviation);
  });

  it('must have no ports of a bridge that it does not have', async () => {
    expect(await here.bridgePorts('no-such-bridge')).toEqual([]);
  });
});
