import { rmSync } from 'node:fs';
import { eventually } from '../claim/eventually';
import type { Provisioner } from '../containers/nginx';
import type { TopologyPool } from '../containers/topology-pool';
import { SpecWorker } from '../spec/spec-worker';
import type { Connection } from '../engine/connect';
import { makeNothingMore } from '../engine/transport';
import { engineLost, isEngineLost } from '../world/lost';
import type { Injection } from '../faults/injection';
import type { Trials } from '../faults/trials';
import type { Lab } from '../lab';
import type { HostCount } from '../results/results';
import { terminalStyle, print } from '../base/output';
import { usedBetween, usedSoFar, type Used, type UsedSoFar } from '../base/usage';
import type { watchPace } from '../base/pace';
import { EngineHost, hostAsFarAsSeen } from '../vantage/host';
import { learnOthersNames } from './others-names';
import type { RunContext } from '../claim/context';
import { countHost, differences, noteOnKept, type Counted } from './host-count';
import type { RunImage } from './image';
import type { Redaction } from './redaction';
import { howToEnter } from './wording';
import { ownObjects, removeObjects, type OwnObject } from './objects';
import { othersActivity } from './others-activity';
import type { WaiverInForce } from './waivers';
import { closeShells } from '../vantage/shell';

/** What stands between the run and the engine of its lab. */
export type Between = Pick<Trials, 'join' | 'close'> & { readonly socketName: string };

/** What a session has been opened with. */
export interface OpenedSession {
  context: RunContext;
  waivers: ReadonlyMap<string, WaiverInForce>;
  notes: readonly string[];
  startedAt: Date;
  /** what the process had used before the run */
  usedBefore: UsedSoFar;
  connection: Connection;
  lab: Lab | undefined;
  image: RunImage;
  before: Counted;
  injection: Injection | undefined;
  trials: Trials | undefined;
  between: Between | undefined;
  /** told what takes long, one line at a time */
  progress: (line: string) => void;
  /** what evidence must not tell; undefined where all may be told, as in a lab, which has no strangers */
  redaction: Redaction | undefined;
  /** ends the look at how busy this machine is, and says if it was slow */
  slow: ReturnType<typeof watchPace>;
}

/** What a finished session knows about the engine's host. */
export interface HostReport {
  before: HostCount;
  after: HostCount;
  leftovers: string[];
  notes: string[];
  /** what the run used; nobody knows it before its end */
  used?: Used;
}

/** One run's hold on an engine: found or started, looked at, given to the specs, and left as it was found. */
export class Session {
  private ending: Promise<HostReport> | undefined;
  private goOn: (() => void) | undefined;
  readonly worker: SpecWorker;

  constructor(private readonly opened: OpenedSession) {
    const { context, connection, trials } = opened;
    const { docker } = connection;
    this.worker = new SpecWorker({ context, docker, host: new EngineHost(context.host, docker), ...(trials && { trials }) });
  }

  get context(): RunContext {
    return this.opened.context;
  }

  get waivers(): OpenedSession['waivers'] {
    return this.opened.waivers;
  }

  get notes(): readonly string[] {
    return this.opened.notes;
  }

  get startedAt(): Date {
    return this.opened.startedAt;
  }

  get redaction(): Redaction | undefined {
    return this.opened.redaction;
  }

  /** Whether {@link end} was called. */
  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  get provisioner(): Provisioner {
    return this.worker.provisioner;
  }

  get pool(): TopologyPool {
    return this.worker.pool;
  }

  /** With `--fault`: starts all containers of the run and breaks what the fault breaks. Without it there is nothing to do. */
  async inject(): Promise<void> {
    const { pool, provisioner } = this;
    const { injection } = this.opened;
    if (!injection) return;
    await injection.beforeContainers(provisioner);
    pool.startAll();
    await injection.withContainers(await pool.started(), provisioner);
  }

  /**
   * With `--keep-failed`, and if a claim failed: says what failed and how to enter the containers that were kept for it, and waits.
   * @param failed tells what failed
   * @returns when there is nothing to wait for, or after {@link release}
   */
  async hold(failed: () => string): Promise<void> {
    const kept = this.pool.kept();
    if (kept.length === 0) return;
    print(failed(), { color: terminalStyle().color });
    this.opened.progress(howToEnter(kept, this.context));
    await new Promise<void>((resolve) => {
      // a promise alone does not keep the process alive
      const alive = setInterval(() => undefined, 60_000);
      this.goOn = () => {
        clearInterval(alive);
        resolve();
      };
    });
  }

  /** Ends the wait of {@link hold}. @returns whether there was one */
  release(): boolean {
    const { goOn } = this;
    this.goOn = undefined;
    goOn?.();
    return goOn !== undefined;
  }

  /** Removes what the run made, counts once more, and ends a lab. May be called again: it gives the same report. */
  end(): Promise<HostReport> {
    this.ending ??= this.finish().then((report) => ({
      ...report,
      notes: [...report.notes, ...[this.opened.slow() ?? []].flat()],
      used: this.used(),
    }));
    return this.ending;
  }

  private used(): Used {
    return usedBetween(this.opened.usedBefore, usedSoFar());
  }

  /** What was counted on the engine and its host before the run made anything. */
  get countedBefore(): HostCount {
    return this.opened.before.objects;
  }

  /** Ends the session while claims are still being judged: nothing is made on an engine any more, and a lab goes with all that is in it. */
  abandon(): Promise<HostReport> {
    makeNothingMore();
    const { lab } = this.opened;
    this.ending ??= lab
      ? lab.stop().then(() => ({ before: this.countedBefore, after: this.countedBefore, leftovers: [], notes: [], used: this.used() }))
      : this.end();
    return this.ending;
  }

  private async finish(): Promise<HostReport> {
    this.opened.injection?.end();
    try {
      await this.worker.end();
      // a lab with a fault is not as it was, on purpose, and goes with its containers
      return this.opened.injection
        ? { before: this.opened.before.objects, after: this.opened.before.objects, leftovers: [], notes: [] }
        : await this.restore();
    } catch (error) {
      const why = isEngineLost(error) ? engineLost : error instanceof Error ? error.message : String(error);
      return {
        before: this.opened.before.objects,
        after: this.opened.before.objects,
        leftovers: [`it is not known what is left: ${why}`],
        notes: [],
      };
    } finally {
      closeShells();
      await this.opened.connection.close();
      this.opened.injection?.close();
      this.opened.between?.close();
      await this.opened.lab?.stop();
      rmSync(this.context.directory, { recursive: true, force: true });
    }
  }

  private async restore(): Promise<HostReport> {
    const { docker } = this.opened.connection;
    const { runId, host: access, engine } = this.context;
    const helperId = access.kind === 'helper' ? access.containerId : undefined;
    await removeObjects(
      docker,
      (await ownObjects(docker, runId)).filter(({ id }) => id !== helperId),
    );
    const host = hostAsFarAsSeen(access, docker);
    const count = async () => {
      const after = await countHost(docker, host, runId, engine.kind);
      const changed = differences(this.opened.before, after);
      return { after, changed, others: changed.length > 0 && !this.opened.lab ? await othersActivity(docker, this.startedAt, runId) : [] };
    };
    // an engine is done with a removed container a moment after it said so; what others do is not waited for
    const { after, changed, others } = await eventually(count, (it) => it.changed.length === 0 || it.others.length > 0, { within: 3000 });
    // who has come meanwhile is not to be told of either
    if (this.redaction) await learnOthersNames(this.redaction, docker, host, engine);
    const left = await eventually(
      () => this.removeRest(),
      (rest) => rest.length === 0,
      { within: 10_000 },
    );
    return {
      before: this.opened.before.objects,
      after: after.objects,
      leftovers: [...left.map(({ kind, name }) => `${kind} ${name}`), ...(others.length > 0 ? [] : changed)],
      notes: [
        ...noteOnKept(this.opened.before, after, engine.name),
        ...(others.length > 0
          ? [
              `others used the engine during the run (${this.redaction ? kindsOf(others) : others.join(', ')}), so these counts say nothing: ${changed.map((it) => (this.redaction ? it.replace(/ \(.*\)$/, '') : it)).join('; ')}`,
            ]
          : []),
      ],
    };
  }

  private async removeRest(): Promise<OwnObject[]> {
    const { docker } = this.opened.connection;
    const rest = await ownObjects(docker, this.context.runId);
    await removeObjects(docker, [
      ...rest,
      ...this.opened.image.brought.map((tag) => ({ kind: 'image' as const, id: tag, name: tag, runId: this.context.runId })),
    ]);
    return rest;
  }
}

/** How many containers, networks and volumes it were: their names are nobody's business. */
function kindsOf(others: readonly string[]): string {
  const kinds = others.map((it) => it.split(' ')[0] ?? '');
  return [...new Set(kinds)].map((kind) => `${kind}s: ${kinds.filter((it) => it === kind).length}`).join(', ');
}
