import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type Dockerode from 'dockerode';
import type { Claim } from '../../fixtures/claims/model';
import type { Fault } from '../../fixtures/faults/model';
import { waivers as suitesWaivers } from '../../fixtures/waivers';
import { applicability, type Inapplicable } from '../claim/applicability';
import { eventually } from '../claim/eventually';
import type { Provisioner } from '../containers/nginx';
import { CallRecorder } from './call-recorder';
import type { TopologyPool } from '../containers/topology-pool';
import { Surroundings } from '../spec/surroundings';
import { connect, type Connection } from '../engine/connect';
import { makeNothingMore } from '../engine/transport';
import { discoverEndpoint } from '../engine/discover';
import type { Endpoint } from '../engine/endpoint';
import { engineLost, isEngineLost } from '../world/lost';
import { explainedCall } from '../world/wrong-answer';
import type { EngineFacts } from '../claim/engine-facts';
import { gatherFacts } from '../engine/facts';
import { daemonArgsOf, Injection, mustBeLab } from '../faults/injection';
import { Trials } from '../faults/trials';
import { cleanLabs, idInMode, prepareLab, startLab, type Lab } from '../lab';
import type { HostCount } from '../results/results';
import { temporaryFolder } from '../state/temporary';
import { looks, print } from '../base/output';
import { watchPace } from '../base/pace';
import { EngineHost, hostAsFarAsSeen } from '../vantage/host';
import { availability } from './availability';
import { learnOthersNames } from './others-names';
import { bridgeConfiguredBy } from './bridge-configuration';
import { daemonSettings, fileReader } from './daemon-settings';
import { cliOf, findCli, prepareTestcontainers, useEverywhere } from './clients';
import { contextVariable, type HostAccess, type RunContext } from '../claim/context';
import { accessHost } from './host-access';
import { countHost, differences, noteOnKept, type Counted } from './host-count';
import { holderOfPort80 } from './host-port-80';
import { available, findImage, type RunImage } from './image';
import { preload } from './preload';
import { hostInput } from './host-input';
import { hostSettings } from './host-settings';
import { Redaction } from './redaction';
import { howToEnter, notesOn, reachedBy } from './wording';
import { newNetworksOf } from './new-networks';
import { labelsOf, ownObjects, removeObjects, type OwnObject } from './objects';
import { othersActivity } from './others-activity';
import { userlandProxyReplaced } from './userland-proxy';
import { dayOf, waiverBeside, waiversFor, type UsersWaivers, type WaiverInForce } from './waivers';

/** What the user asks of a session, named as the options of the command line are. */
export interface SessionWishes {
  /** id, or unambiguous start of one, of an engine to run in a lab; without it Docker's own rules decide */
  engine?: string;
  keepFailed?: boolean;
  privilegedDiagnosis?: boolean;
  fullEvidence?: boolean;
  /** `host:port` */
  reach?: string;
  /** file, as are the next two */
  mutants?: string;
  /** only in a lab */
  trials?: string;
  /** only in a lab */
  calls?: string;
}

export interface SessionOptions {
  claims: readonly Claim[];
  wishes?: SessionWishes;
  waivers?: UsersWaivers;
  /** only in a lab */
  fault?: Fault;
  /** told what takes long, one line at a time */
  progress: (line: string) => void;
  /** told whether the engine is going to be one in a lab */
  onEngine?: (inLab: boolean) => void;
}

/** What stands between the run and the engine of its lab. */
type Between = Pick<Trials, 'join' | 'close'> & { readonly socketName: string };

/** What a finished session knows about the engine's host. */
export interface HostReport {
  before: HostCount;
  after: HostCount;
  leftovers: string[];
  notes: string[];
}

/** Testcontainers' own reaper, in the version that testcontainers asks for. */
const reaperImage = 'testcontainers/ryuk:0.14.0';

/** One run's hold on an engine: found or started, looked at, given to the specs, and left as it was found. */
export class Session {
  private ending: Promise<HostReport> | undefined;
  private goOn: (() => void) | undefined;
  /** ends the look at how busy this machine is, and says if it was slow */
  private readonly slow = watchPace();
  readonly surroundings: Surroundings;

  private constructor(
    readonly context: RunContext,
    readonly waivers: ReadonlyMap<string, WaiverInForce>,
    readonly notes: readonly string[],
    readonly startedAt: Date,
    private readonly connection: Connection,
    private readonly lab: Lab | undefined,
    private readonly image: RunImage,
    private readonly before: Counted,
    private readonly injection: Injection | undefined,
    trials: Trials | undefined,
    private readonly between: Between | undefined,
    private readonly progress: (line: string) => void,
    /** what evidence must not tell; undefined where all may be told, as in a lab, which has no strangers */
    readonly redaction: Redaction | undefined,
  ) {
    const { docker } = connection;
    this.surroundings = new Surroundings({ context, docker, host: new EngineHost(context.host, docker), ...(trials && { trials }) });
  }

  /** Whether {@link end} was called. */
  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  get provisioner(): Provisioner {
    return this.surroundings.provisioner;
  }

  get pool(): TopologyPool {
    return this.surroundings.pool;
  }

  /**
   * Finds an engine, or starts one in a lab, and gathers everything that is decided before specs are loaded.
   * @throws UserError where there is no engine to be had.
   */
  static async open(options: SessionOptions): Promise<Session> {
    const { fault, progress, onEngine, wishes: { engine, trials: trialsFile, calls } = {} } = options;
    const startedAt = new Date();
    const runId = `r${randomBytes(4).toString('hex')}`;
    const endpoint = engine === undefined ? await discoverEndpoint() : undefined;
    onEngine?.(endpoint === undefined);
    mustBeLab(fault, endpoint === undefined);
    const lab = endpoint
      ? undefined
      : await whileLoading(startLab(await prepareLab(engine, progress), { runId, daemonArgs: daemonArgsOf(fault) }));
    cleanLabs();
    const directory = await makeDirectory(lab);
    let connection: Connection | undefined;
    let injection: Injection | undefined;
    const trials = lab && trialsFile !== undefined ? new Trials({ id: lab.engineId, kind: lab.kind }) : undefined;
    const between = trials ?? (lab && calls !== undefined ? new CallRecorder(path.resolve(calls)) : undefined);
    try {
      injection = fault && lab && (await Injection.in(lab, fault));
      connection = await connect(
        endpoint ?? {
          kind: 'unix',
          path: injection?.socketPath ?? (lab && (await between?.join(lab))) ?? lab?.socketPath ?? '',
          found: 'a lab',
        },
      );
      connection = await useEverywhere(connection);
      return await Session.prepare(options, { trials, between, injection, startedAt, runId, directory, lab, connection, endpoint });
    } catch (error) {
      if (connection && !lab) await removeOwn(connection.docker, runId).catch(() => undefined);
      await connection?.close();
      injection?.close();
      between?.close();
      await lab?.stop();
      rmSync(directory, { recursive: true, force: true });
      throw explainedCall(error) ?? error;
    }
  }

  private static async prepare(
    { claims, wishes = {}, waivers: usersWaivers, progress }: SessionOptions,
    { trials, between, injection, startedAt, runId, directory, lab, connection, endpoint }: Opened,
  ): Promise<Session> {
    const { keepFailed = false, privilegedDiagnosis = false, fullEvidence = false, reach, mutants, trials: trialsFile } = wishes;
    const { docker } = connection;
    const labels = labelsOf(runId);
    if (!lab) await removeObjects(docker, await ownObjects(docker));
    // the client is a process of its own: it answers while this one goes on
    const searching = lab ? undefined : findCli(docker);
    searching?.catch(() => undefined);
    const [facts, image] = await Promise.all([
      gatherFacts(docker),
      lab
        ? imageOf(lab)
        : findImage(
            docker,
            runId,
            claims.some(({ requires = [] }) => requires.includes('tools-image')),
            progress,
          ),
    ]);
    const told = injection ? withoutWishes(facts) : facts;
    const engine = lab?.mode ? { ...told, id: idInMode(told.id, lab.mode), mode: lab.mode.title } : told;
    const access: HostAccess = lab
      ? { kind: 'lab', enter: lab.enter([]) }
      : await whileLoading(accessHost(connection, image.reference, labels, privilegedDiagnosis));
    // over ssh it would be looked for at a port of a machine that only ssh may reach
    const reaper = await prepareTestcontainers(
      !lab && connection.endpoint.kind !== 'ssh' && (await available(docker, reaperImage, image.registry, progress)),
    );
    const host = hostAsFarAsSeen(access, docker);
    const settings = await daemonSettings(engine, host, fileReader(access, { docker, host, image: image.reference, labels }));
    const newNetworks = lab || image.tools === '' ? undefined : await newNetworksOf(engine, docker, runId, labels);
    const input =
      lab || image.tools === '' || !claims.some(({ requires = [] }) => requires.includes('host-input'))
        ? undefined
        : await hostInput(engine, { docker, host, image: image.tools, runId, labels, newNetworks });
    const redaction = lab || fullEvidence ? undefined : new Redaction();
    const [before, port80, cli, configuredBy, kernel] = await Promise.all([
      countHost(docker, host, runId, engine.kind),
      lab || access.kind === 'unseen' ? undefined : holderOfPort80(docker, host),
      lab ? cliOf(lab, injection?.socketName ?? between?.socketName) : searching,
      bridgeConfiguredBy(engine, host, settings),
      hostSettings(host),
      redaction && learnOthersNames(redaction, docker, host, engine),
    ]);
    const met = availability({
      engine,
      ownLab: lab !== undefined,
      tools: image.tools !== '',
      cli,
      hostPort80: port80,
      bridgeConfiguredBy: configuredBy,
      userlandProxyReplaced: userlandProxyReplaced(engine, settings),
      settings,
      newNetworks,
      hostSettings: kernel,
      hostInput: input,
      broken: injection !== undefined,
    });
    const waivers = waiversFor(engine, suitesWaivers, usersWaivers);
    const context: RunContext = {
      runId,
      labels,
      directory,
      engine,
      host: access,
      image: { reference: image.reference, description: image.description, tools: image.tools },
      reaper,
      keepFailed,
      reachedBy: reachedBy(endpoint, access),
      selected: claims.map(({ id }) => id),
      inapplicable: Object.fromEntries(
        claims.flatMap((claim): [string, Inapplicable][] => {
          const reason = applicability(claim, engine, met);
          return reason ? [[claim.id, reason]] : [];
        }),
      ),
      waived: claims.map(({ id }) => id).filter((id) => waiverBeside('deviates', waivers.get(id), dayOf(startedAt))?.state === 'applies'),
      ...(reach !== undefined && { reach }),
      ...(mutants !== undefined && { mutants: path.resolve(mutants) }),
      ...(trialsFile !== undefined && { trials: path.resolve(trialsFile) }),
      ...(cli && { cli }),
      ...(newNetworks && { newNetworks }),
      ...(port80 !== undefined && { hostPort80: port80 }),
    };
    const file = path.join(directory, 'context.json');
    writeFileSync(file, JSON.stringify(context));
    process.env[contextVariable] = file;
    return new Session(
      context,
      waivers,
      [...(injection ? [injection.note] : []), ...notesOn(engine, configuredBy, newNetworks)],
      startedAt,
      connection,
      lab,
      image,
      before,
      injection,
      trials,
      between,
      progress,
      redaction,
    );
  }

  /** With `--fault`: starts all containers of the run and breaks what the fault breaks. Without it there is nothing to do. */
  async inject(): Promise<void> {
    const { injection, pool, provisioner } = this;
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
    print(failed(), { color: looks().color });
    this.progress(howToEnter(kept, this.context));
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
    this.ending ??= this.finish().then((report) => ({ ...report, notes: [...report.notes, ...[this.slow() ?? []].flat()] }));
    return this.ending;
  }

  /** What was counted on the engine and its host before the run made anything. */
  get countedBefore(): HostCount {
    return this.before.objects;
  }

  /** Ends the session while claims are still being judged: nothing is made on an engine any more, and a lab goes with all that is in it. */
  abandon(): Promise<HostReport> {
    makeNothingMore();
    const { lab } = this;
    this.ending ??= lab
      ? lab.stop().then(() => ({ before: this.countedBefore, after: this.countedBefore, leftovers: [], notes: [] }))
      : this.end();
    return this.ending;
  }

  private async finish(): Promise<HostReport> {
    this.injection?.end();
    try {
      await this.surroundings.end();
      // a lab with a fault is not as it was, on purpose, and goes with its containers
      return this.injection ? { before: this.before.objects, after: this.before.objects, leftovers: [], notes: [] } : await this.restore();
    } catch (error) {
      const why = isEngineLost(error) ? engineLost : error instanceof Error ? error.message : String(error);
      return { before: this.before.objects, after: this.before.objects, leftovers: [`it is not known what is left: ${why}`], notes: [] };
    } finally {
      await this.connection.close();
      this.injection?.close();
      this.between?.close();
      await this.lab?.stop();
      rmSync(this.context.directory, { recursive: true, force: true });
    }
  }

  private async restore(): Promise<HostReport> {
    const { docker } = this.connection;
    const { runId, host: access, engine } = this.context;
    const helperId = access.kind === 'helper' ? access.containerId : undefined;
    await removeObjects(
      docker,
      (await ownObjects(docker, runId)).filter(({ id }) => id !== helperId),
    );
    const host = hostAsFarAsSeen(access, docker);
    const count = async () => {
      const after = await countHost(docker, host, runId, engine.kind);
      const changed = differences(this.before, after);
      return { after, changed, others: changed.length > 0 && !this.lab ? await othersActivity(docker, this.startedAt, runId) : [] };
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
      before: this.before.objects,
      after: after.objects,
      leftovers: [...left.map(({ kind, name }) => `${kind} ${name}`), ...(others.length > 0 ? [] : changed)],
      notes: [
        ...noteOnKept(this.before, after, engine.name),
        ...(others.length > 0
          ? [
              `others used the engine during the run (${this.redaction ? kindsOf(others) : others.join(', ')}), so these counts say nothing: ${changed.map((it) => (this.redaction ? it.replace(/ \(.*\)$/, '') : it)).join('; ')}`,
            ]
          : []),
      ],
    };
  }

  private async removeRest(): Promise<OwnObject[]> {
    const { docker } = this.connection;
    const rest = await ownObjects(docker, this.context.runId);
    await removeObjects(docker, [
      ...rest,
      ...this.image.brought.map((tag) => ({ kind: 'image' as const, id: tag, name: tag, runId: this.context.runId })),
    ]);
    return rest;
  }
}

/** The run's folder for hand-over files. Outside a lab its name and its lock tell the next run, or `clean`, when its owner is dead. */
async function makeDirectory(lab: Lab | undefined): Promise<string> {
  if (!lab) return (await temporaryFolder()).path;
  const directory = path.join(lab.directory, 'run');
  mkdirSync(directory, { mode: 0o700 });
  return directory;
}

/** How many containers, networks and volumes it were: their names are nobody's business. */
function kindsOf(others: readonly string[]): string {
  const kinds = others.map((it) => it.split(' ')[0] ?? '');
  return [...new Set(kinds)].map((kind) => `${kind}s: ${kinds.filter((it) => it === kind).length}`).join(', ');
}

async function removeOwn(docker: Dockerode, runId: string): Promise<void> {
  await removeObjects(docker, await ownObjects(docker, runId));
}

/** What is there when an engine has been reached. */
interface Opened {
  trials: Trials | undefined;
  between: Between | undefined;
  injection: Injection | undefined;
  startedAt: Date;
  runId: string;
  directory: string;
  lab: Lab | undefined;
  connection: Connection;
  endpoint: Endpoint | undefined;
}

/** An engine that is broken on purpose: what its daemon was told is no wish that claims are judged against. */
function withoutWishes({ defaultBridge, ...facts }: EngineFacts): EngineFacts {
  return { ...facts, defaultBridge: defaultBridge && { ...defaultBridge, options: {} } };
}

/** Loads what provisions containers while the engine, or its daemon, is busy anyway. */
async function whileLoading<T>(waited: Promise<T>): Promise<T> {
  void preload(['dockerode', 'testcontainers', 'execa']);
  return waited;
}

function imageOf({ image: { reference, description } }: Lab): RunImage {
  return { reference, description, tools: reference, registry: false, brought: [] };
}
