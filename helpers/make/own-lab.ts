import type { Provisioner } from '../containers/nginx';
import { eventually } from '../claim/eventually';
import { withoutEvidence, record } from '../world/evidence';
import type { HostAccess } from '../claim/context';
import { settingUp } from '../claim/set-up';
import { Blocked } from '../claim/verdict';
import { Engine } from '../engine/client';
import { gatherFacts } from '../engine/facts';
import { dockerClient } from '../engine/guard';
import { anotherVersionOf, prepareLab, startLab, type Lab } from '../lab';
import { ask as askWorld } from '../world/ask';
import { outsideJudgement } from '../world/world';
import { UserError } from '../base/user-error';
import { EngineHost } from '../vantage/host';
import { mustRun, ProbeBroken } from '../world/vantage-point';
import { asking, inTurns, type Ask } from './ask';
import { labState } from './lab-state';
import type { LabStock } from './lab-stock';
import { Machines } from './machines';
import { Maker } from './maker';
import type { Scenes } from './scene';
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
  /** the external hosts that its claims have on loan; without them each has one of its own */
  machines?: Machines;
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

/** What else a lab is to be. */
export interface LabWishes {
  version?: LabVersion;
  /** script that is run on its host before the daemon starts */
  prepare?: string;
}

/** Milliseconds within which a daemon has to be back: long, for a busy machine; nobody waits any longer than it takes. */
const restartWithin = 60_000;

/** A lab that runs, whoever's claims use it. */
export interface RunningLab {
  lab: Lab;
  docker: ReturnType<typeof dockerClient>;
  engine: Provisioner['context']['engine'];
  ask: Ask;
  access: HostAccess;
  host: EngineHost;
  machines: Machines | undefined;
  /** what claims can find there, and what they found first */
  state: () => Promise<string>;
  found: string | undefined;
  end: () => Promise<void>;
}

/** The labs that claims of one spec file, or of all, have asked for: one for all claims that ask for the same. */
export class OwnLabs {
  private readonly running = new Map<string, { kind: string; starting: Promise<{ started: RunningLab; own: OwnLab }> }>();

  /**
   * @param scenes what claims share there is a part of them
   * @param stock has what other files have finished with. Without it, as where faults come and go, each lab is a new one
   */
  constructor(
    private readonly provisioner: Provisioner,
    private readonly scenes?: Scenes,
    private readonly stock?: LabStock<RunningLab>,
  ) {}

  /**
   * A lab with these arguments of its daemon.
   * @param key tells labs of the same arguments apart, for a claim that restarts or breaks one and so needs it for itself
   * @throws Blocked where the engine under test is none of the suite's own, or where the lab cannot be had
   */
  async get(args: readonly string[], key: string, { version = 'same', prepare }: LabWishes = {}): Promise<OwnLab> {
    const { context, trials } = this.provisioner;
    if (context.host.kind !== 'lab')
      throw new Blocked('needs a second engine of the same version, which only a run in a lab can start (--engine)');
    const asked = trials?.argsFor(args) ?? args;
    const engineId = version === 'same' ? context.engine.id : another(context.engine.id);
    const kind = JSON.stringify([engineId, asked, prepare]);
    const id = JSON.stringify([kind, key]);
    const starting =
      this.running.get(id)?.starting ??
      outsideJudgement(() =>
        withoutEvidence(async () => {
          const started =
            (await this.stock?.take(kind)) ?? (await start(this.provisioner, engineId, asked, prepare, this.stock !== undefined));
          return { started, own: this.own(started, key) };
        }),
      );
    this.running.set(id, { kind, starting });
    // one that was too slow this time is no reason to leave all other claims without it
    starting.catch(() => this.running.get(id)?.starting === starting && this.running.delete(id));
    const startedAt = performance.now();
    const { own } = await settingUp('another lab, which the claim needs, could not be started', () => starting);
    record(
      {
        kind: 'note',
        where: 'suite',
        what: version === 'same' ? 'another lab of this engine' : `a lab of ${engineId}`,
        answer: [
          asked.length > 0 ? asked.join(' ') : 'without further arguments',
          ...(prepare === undefined ? [] : [`on a host that was prepared: ${prepare}`]),
        ].join(', '),
      },
      startedAt,
    );
    return own;
  }

  /**
   * Ends all of them, or hands them back.
   * @param cleared settles when nothing of the claims that used them is left there
   */
  async end(cleared: Promise<unknown> = Promise.resolve()): Promise<void> {
    const ends = [...this.running.values()].map(async ({ kind, starting }) => {
      const lab = starting.then(({ started }) => started);
      if (this.stock) return this.stock.handBack(kind, lab, cleared);
      await cleared;
      await lab.then(
        (it) => it.end(),
        () => undefined,
      );
    });
    this.running.clear();
    await Promise.all(ends);
  }

  private own(started: RunningLab, key: string): OwnLab {
    const { lab, docker, engine, ask, host, machines } = started;
    const { context } = this.provisioner;
    const { image } = lab;
    const provisioner: Provisioner = {
      context: {
        ...context,
        engine,
        host: started.access,
        image: { ...context.image, reference: image.reference, tools: image.reference },
      },
      docker,
      host,
    };
    const { scenes } = this;
    // what its claims share is another lab's under another name
    const scene: Scenes['scene'] | undefined = scenes && ((build, name) => scenes.scene(build, name && `lab ${lab.pid}: ${name}`));
    const make = new Maker(provisioner, ask, scene);
    return {
      ask,
      make,
      engine: new Engine(docker),
      host,
      pid: lab.pid,
      enter: (argv) => lab.enter(argv),
      ...(machines && { machines }),
      restart: (options) => {
        if (key === '') throw new Error('a lab that other claims share is not restarted: ask for one with a key');
        return restarted(started, options);
      },
    };
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
  prepare: string | undefined,
  isKept: boolean,
): Promise<RunningLab> {
  // the host of a rootless engine is there only once the engine has started
  const isLate = context.engine.rootless;
  const options = { runId: context.runId, daemonArgs: args, restartable: true, ...(prepare !== undefined && !isLate && { prepare }) };
  const lab = await startLab(await had(engineId), options);
  const docker = dockerClient({ kind: 'unix', path: (await trials?.join(lab)) ?? lab.socketPath, found: 'a lab' });
  const access: HostAccess = { kind: 'lab', enter: lab.enter([]) };
  const host = new EngineHost(access, docker);
  const engine = engineId === context.engine.id ? context.engine : await gatherFacts(docker);
  const ask = inTurns(asking(docker), turnsOf(docker, engine));
  const state = () => labState(ask, host);
  if (prepare !== undefined && isLate) await restarted({ lab, ask }, { meanwhile: () => mustRun(host, ['sh', '-ec', prepare]) });
  return {
    lab,
    docker,
    engine,
    ask,
    access,
    host,
    // what faults and mutants are tried on is made for each claim
    machines: trials || context.wishes.mutants !== undefined ? undefined : new Machines(),
    state,
    found: isKept ? await state() : undefined,
    end: () => {
      trials?.leave(lab);
      return lab.stop();
    },
  };
}

async function restarted(
  { lab, ask }: Pick<RunningLab, 'lab' | 'ask'>,
  { signal = 'SIGTERM', meanwhile }: Parameters<OwnLab['restart']>[0] = {},
): Promise<void> {
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
}
