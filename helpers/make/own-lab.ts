import type { Provisioner } from '../containers/nginx';
import { eventually } from '../claim/eventually';
import { withoutEvidence, record } from '../world/evidence';
import { settingUp } from '../claim/set-up';
import { Blocked } from '../claim/verdict';
import { Engine } from '../engine/client';
import { gatherFacts } from '../engine/facts';
import { dockerClient } from '../engine/guard';
import { anotherVersionOf, prepareLab, startLab } from '../lab';
import { ask as askWorld } from '../world/ask';
import { outsideJudgement } from '../world/world';
import { UserError } from '../base/user-error';
import { EngineHost } from '../vantage/host';
import { ProbeBroken } from '../world/vantage-point';
import { asking, inTurns, type Ask } from './ask';
import { Maker } from './maker';
import { turnsOf } from '../engine/turns';

/** Another engine, in namespaces of its own, with the same test interface as the one under test. */
export interface OwnLab {
  ask: Ask;
  make: Maker;
  engine: Engine;
  host: EngineHost;
  /** the first process of its namespaces, as this machine sees it */
  pid: number;
  /** the argv that runs this argv on its host */
  enter: (argv: readonly string[]) => string[];
  /**
   * Ends the daemon and starts it again, with the same arguments; containers are left to what the engine does with them.
   * Only a lab that was asked for with a key of its own: others would see their engine go.
   * @param signal `SIGKILL` for a daemon that has no time to clean up
   * @param meanwhile run while there is no daemon
   */
  restart(options?: { signal?: 'SIGTERM' | 'SIGKILL'; meanwhile?: () => Promise<void> }): Promise<void>;
}

/** Which engine a lab has: one of the version under test, or one of the same kind in the newest other version. */
export type LabVersion = 'same' | 'another';

/** Milliseconds within which a daemon has to be back: long, for a busy machine; nobody waits any longer than it takes. */
const restartWithin = 60_000;

/** The labs that claims have asked for, one for all claims that ask for the same. */
export class OwnLabs {
  private readonly running = new Map<string, Promise<{ end: () => Promise<void>; own: OwnLab }>>();

  constructor(private readonly provisioner: Provisioner) {}

  /**
   * A lab with these arguments of its daemon.
   * @param key tells labs of the same arguments apart, for a claim that restarts or breaks one and so needs it for itself
   * @throws Blocked where the engine under test is none of the suite's own, or where the lab cannot be had
   */
  async get(args: readonly string[], key: string, version: LabVersion = 'same'): Promise<OwnLab> {
    const { context, trials } = this.provisioner;
    if (context.host.kind !== 'lab')
      throw new Blocked('needs a second engine of the same version, which only a run in a lab can start (--engine)');
    const asked = trials?.argsFor(args) ?? args;
    const engineId = version === 'same' ? context.engine.id : another(context.engine.id);
    const id = JSON.stringify([engineId, asked, key]);
    const starting = this.running.get(id) ?? outsideJudgement(() => withoutEvidence(() => start(this.provisioner, engineId, asked, key)));
    this.running.set(id, starting);
    // one that was too slow this time is no reason to leave all other claims without it
    starting.catch(() => this.running.get(id) === starting && this.running.delete(id));
    const startedAt = performance.now();
    const { own } = await settingUp('another lab, which the claim needs, could not be started', () => starting);
    record(
      {
        kind: 'note',
        where: 'suite',
        what: version === 'same' ? 'another lab of this engine' : `a lab of ${engineId}`,
        answer: asked.length > 0 ? asked.join(' ') : 'without further arguments',
      },
      startedAt,
    );
    return own;
  }

  /** Ends all of them. */
  async end(): Promise<void> {
    const labs = await Promise.allSettled(this.running.values());
    this.running.clear();
    await Promise.all(labs.flatMap((it) => (it.status === 'fulfilled' ? [it.value.end()] : [])));
  }
}

function another(engineId: string): string {
  const id = anotherVersionOf(engineId);
  if (id === undefined) throw new Blocked(`needs an engine like ${engineId} in another version, and the suite knows of none`);
  return id;
}

/** What a lab of an engine is started from. @throws Blocked where it has to be prepared and cannot be */
async function had(engineId: string): ReturnType<typeof prepareLab> {
  try {
    return await prepareLab(engineId, () => undefined);
  } catch (error) {
    throw error instanceof UserError ? new Blocked(error.message) : error;
  }
}

async function start(
  { context, trials }: Provisioner,
  engineId: string,
  args: readonly string[],
  key: string,
): Promise<{ end: () => Promise<void>; own: OwnLab }> {
  const lab = await startLab(await had(engineId), { runId: context.runId, daemonArgs: args, restartable: true });
  const docker = dockerClient({ kind: 'unix', path: (await trials?.join(lab)) ?? lab.socketPath, found: 'a lab' });
  const access = { kind: 'lab' as const, enter: lab.enter([]) };
  const host = new EngineHost(access, docker);
  const engine = engineId === context.engine.id ? context.engine : await gatherFacts(docker);
  const ask = inTurns(asking(docker), turnsOf(docker, engine));
  const make = new Maker(
    {
      context: {
        ...context,
        engine,
        host: access,
        image: { ...context.image, reference: lab.image.reference, tools: lab.image.reference },
      },
      docker,
      host,
    },
    ask,
  );
  const restart: OwnLab['restart'] = async ({ signal = 'SIGTERM', meanwhile } = {}) => {
    if (key === '') throw new Error('a lab that other claims share is not restarted: ask for one with a key');
    await askWorld({ what: `end the daemon of ${lab.pid}` }, () => lab.stopDaemon(signal));
    await meanwhile?.();
    await askWorld({ what: `start the daemon of ${lab.pid}` }, () => {
      lab.startDaemon();
      return Promise.resolve();
    });
    const back = await withoutEvidence(() =>
      eventually(
        () => ask('GET', '/_ping').catch(() => ({ status: 0 })),
        ({ status }) => status === 200,
        { within: restartWithin },
      ),
    );
    if (back.status !== 200)
      throw new ProbeBroken(`the daemon did not come back within ${restartWithin} ms; its last words: ${lab.log().slice(-500)}`);
  };
  const end = () => {
    trials?.leave(lab);
    return lab.stop();
  };
  return { end, own: { ask, make, engine: new Engine(docker), host, pid: lab.pid, enter: (argv) => lab.enter(argv), restart } };
}
