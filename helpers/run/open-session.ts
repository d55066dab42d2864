import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type Dockerode from 'dockerode';
import type { Claim } from '../../fixtures/claims/model';
import type { Fault } from '../../fixtures/faults/model';
import { waivers as suitesWaivers } from '../../fixtures/waivers';
import { applicability, type Inapplicable } from '../claim/applicability';
import { CallRecorder } from './call-recorder';
import { connect, type Connection } from '../engine/connect';
import { discoverEndpoint } from '../engine/discover';
import type { Endpoint } from '../engine/endpoint';
import { explainedCall } from '../world/wrong-answer';
import type { EngineFacts } from '../claim/engine-facts';
import { gatherFacts } from '../engine/facts';
import { daemonArgsOf, Injection, mustBeLab } from '../faults/injection';
import { Trials } from '../faults/trials';
import { cleanLabs, prepareLab, startLab, type Lab, type LabOptions, type PreparedLab } from '../lab';
import { temporaryFolder } from '../state/temporary';
import { emulated, watchPace } from '../base/pace';
import { hostAsFarAsSeen } from '../vantage/host';
import { availability } from './availability';
import { learnOthersNames } from './others-names';
import { bridgeConfiguredBy } from './bridge-configuration';
import { daemonSettings, fileReader } from './daemon-settings';
import { cliOf, findCli, prepareTestcontainers, useEverywhere } from './clients';
import { contextVariable, type HostAccess, type RunContext, type Wishes } from '../claim/context';
import { accessHost } from './host-access';
import { countHost } from './host-count';
import { holderOfPort80 } from './host-port-80';
import { available, findImage, type RunImage } from './image';
import { preload } from './preload';
import { hostInput } from './host-input';
import { hostSettings } from './host-settings';
import { Redaction } from './redaction';
import { exitStatus, UserError } from '../base/user-error';
import { usedSoFar, type UsedSoFar } from '../base/usage';
import { notesOn, reachedBy } from './wording';
import { newNetworksOf } from './new-networks';
import { labelsOf, ownObjects, removeObjects } from './objects';
import { userlandProxyReplaced } from './userland-proxy';
import { dayOf, waiverBeside, waiversFor, type UsersWaivers } from './waivers';
import { Session, type Between } from './session';

export interface SessionOptions {
  claims: readonly Claim[];
  wishes?: Wishes;
  waivers?: UsersWaivers;
  /** only in a lab */
  fault?: Fault;
  /** told what takes long, one line at a time */
  progress: (line: string) => void;
  /** told whether the engine is going to be one in a lab */
  onEngine?: (inLab: boolean) => void;
}

/** Testcontainers' own reaper, in the version that testcontainers asks for. */
const reaperImage = 'testcontainers/ryuk:0.14.0';

/** What is there when an engine has been reached. */
interface Reached {
  trials: Trials | undefined;
  between: Between | undefined;
  injection: Injection | undefined;
  startedAt: Date;
  usedBefore: UsedSoFar;
  runId: string;
  directory: string;
  lab: Lab | undefined;
  connection: Connection;
  endpoint: Endpoint | undefined;
}

/**
 * Finds an engine, or starts one in a lab, and gathers everything that is decided before specs are loaded.
 * @throws UserError where there is no engine to be had.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { fault, progress, onEngine, wishes: { engine, image, trials: trialsFile, calls } = {} } = options;
  const startedAt = new Date();
  const usedBefore = usedSoFar();
  const runId = `r${randomBytes(4).toString('hex')}`;
  const endpoint = engine === undefined ? await discoverEndpoint() : undefined;
  onEngine?.(endpoint === undefined);
  mustBeLab(fault, endpoint === undefined);
  mustBeUsersEngine(image, endpoint !== undefined);
  const lab = endpoint
    ? undefined
    : await whileLoading(labOf(await prepareLab(engine, progress), { runId, daemonArgs: daemonArgsOf(fault) }));
  cleanLabs();
  const directory = await makeDirectory(lab);
  let connection: Connection | undefined;
  let injection: Injection | undefined;
  const trials = lab && trialsFile !== undefined ? new Trials({ id: lab.engineId, kind: lab.kind }) : undefined;
  const between = trials ?? (lab && calls !== undefined ? new CallRecorder(calls) : undefined);
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
    return await prepare(options, { trials, between, injection, startedAt, usedBefore, runId, directory, lab, connection, endpoint });
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

async function prepare(
  { claims, wishes = {}, waivers: usersWaivers, progress }: SessionOptions,
  { trials, between, injection, startedAt, usedBefore, runId, directory, lab, connection, endpoint }: Reached,
): Promise<Session> {
  const { privilegedDiagnosis = false, fullEvidence = false } = wishes;
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
          { tools: claims.some(({ requires = [] }) => requires.includes('tools-image')), named: wishes.image },
          progress,
        ),
  ]);
  const told = injection ? withoutWishes(facts) : facts;
  // the id of a lab's engine tells builds of one version apart, and names its mode
  const engine = lab ? { ...told, id: lab.engineId, ...(lab.mode && { mode: lab.mode.title }) } : told;
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
    image: {
      reference: image.reference,
      description: image.description,
      tools: image.tools,
      ...(image.obstacle !== undefined && { obstacle: image.obstacle }),
    },
    reaper,
    wishes,
    reachedBy: reachedBy(endpoint, access, lab?.ownKernel),
    selected: claims.map(({ id }) => id),
    inapplicable: Object.fromEntries(
      claims.flatMap((claim): [string, Inapplicable][] => {
        const reason = applicability(claim, engine, met);
        return reason ? [[claim.id, reason]] : [];
      }),
    ),
    waived: claims.map(({ id }) => id).filter((id) => waiverBeside('deviates', waivers.get(id), dayOf(startedAt))?.state === 'applies'),
    ...(cli && { cli }),
    ...(newNetworks && { newNetworks }),
    ...(port80 !== undefined && { hostPort80: port80 }),
  };
  const file = path.join(directory, 'context.json');
  writeFileSync(file, JSON.stringify(context));
  process.env[contextVariable] = file;
  return new Session({
    context,
    waivers,
    notes: [...(injection ? [injection.note] : []), ...notesOn(engine, configuredBy, newNetworks)],
    startedAt,
    usedBefore,
    connection,
    lab,
    image,
    before,
    injection,
    trials,
    between,
    progress,
    redaction,
    slow: watchPace(),
  });
}

/** Starts a lab; where its processor is emulated, everything takes longer from then on. */
async function labOf(prepared: PreparedLab, options: LabOptions): Promise<Lab> {
  emulated(prepared.kernel?.slowness ?? 1);
  return startLab(prepared, options);
}

/** @throws UserError for an image that nobody could have brought to an engine of the suite's own */
function mustBeUsersEngine(image: string | undefined, runsAlready: boolean): void {
  if (image === undefined || runsAlready) return;
  throw new UserError(
    `--image names an image of an engine that runs already, and this would be one in a lab, which has the suite's own image alone.`,
    'Leave --image out, or name the engine that has it: set DOCKER_HOST, without --engine.',
    exitStatus.usage,
  );
}

/** The run's folder for hand-over files. Outside a lab its name and its lock tell the next run, or `clean`, when its owner is dead. */
async function makeDirectory(lab: Lab | undefined): Promise<string> {
  if (!lab) return (await temporaryFolder()).path;
  const directory = path.join(lab.directory, 'run');
  mkdirSync(directory, { mode: 0o700 });
  return directory;
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

async function removeOwn(docker: Dockerode, runId: string): Promise<void> {
  await removeObjects(docker, await ownObjects(docker, runId));
}
