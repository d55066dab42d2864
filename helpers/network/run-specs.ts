import { suite } from '../base/project';
import { usedBetween, usedSoFar } from '../base/usage';
import type { RunContext } from '../claim/context';
import { eventually } from '../claim/eventually';
import type { ClaimRecord } from '../claim/verdict';
import type { ClaimResult, Results } from '../results/results';
import { resultsWith, type Parts } from '../run/assemble';
import { changeSince, toldOf, type Baseline } from '../run/baseline';
import { countHost, differences, type Counted } from '../run/host-count';
import { othersActivity } from '../run/others-activity';
import type { Progress } from '../run/progress';
import type { HostReport } from '../run/session';
import type { Shard } from '../run/shard';
import { dayOf, waiverBeside, waiversFor, type UsersWaivers } from '../run/waivers';
import { Asker } from './asker';
import { ComposeProgram, mustBeThere } from './compose';
import type { DeclaredClaim, DeclaredCompose } from './declared';
import { judge } from './judge';
import { openEngine, type EngineWishes, type OpenedEngine } from './opened-engine';

/** Specs that are loaded, and how they are to be judged. */
export interface SpecsRun extends EngineWishes {
  runId: string;
  /** those that are selected, in their order */
  claims: readonly DeclaredClaim[];
  /** all that the specs declare */
  all: readonly DeclaredClaim[];
  composed: readonly DeclaredCompose[];
  /** told the engine, before the first claim is judged */
  offerEngine: (asker: Asker) => void;
  /** told of each claim, when it begins to be judged and when it is */
  watch: Pick<Progress, 'begun' | 'judged' | 'end'>;
  strict: boolean;
  leastJudged: number;
  waivers?: UsersWaivers;
  baseline?: (engine: string) => Baseline | undefined;
  shard?: Shard;
  again: (session: { context: RunContext }) => NonNullable<Results['again']>;
}

/** A run that goes on, and what takes away everything that it has put anywhere. */
export interface OpenSpecsRun {
  results: Promise<Results>;
  /** ends it before it is done, and takes away what it has put anywhere. @returns what was judged so far; undefined before the first claim */
  interrupt(): Promise<Results | undefined>;
}

/** What is known of a run from its first claim on. */
interface Begun {
  opened: OpenedEngine;
  startedAt: Date;
  records: ClaimRecord[];
  counted: Counted;
}

/** Said of a run that was interrupted. */
const notCounted = 'the run was interrupted before it could count what is left; "clean" removes what there is';

/** Judges the claims of specs on the engine of their user, one after another. */
export function runSpecs(run: SpecsRun): OpenSpecsRun {
  const engine = openEngine(run, run.runId);
  const projects = new Projects(run);
  // who waits for it tells
  engine.opened.catch(() => undefined);
  let begun: Begun | undefined;
  let interrupted = false;
  const takeAway = async (): Promise<string[]> => {
    const { docker } = (await engine.opened.catch(() => undefined)) ?? {};
    const [left] = await Promise.all([projects.down(docker), engine.clear()]);
    await engine.close();
    return left;
  };
  const judging = async () => {
    const startedAt = new Date();
    const before = usedSoFar();
    const opened = await engine.opened;
    await projects.up();
    const count = () => countHost(opened.docker, opened.host, opened.runId, opened.facts.kind);
    const counted = await count();
    const asker = new Asker(opened);
    run.offerEngine(asker);
    const { records } = (begun = { opened, startedAt, records: [], counted } as Begun);
    const waived = waiversFor(opened.facts, [], run.waivers);
    for (const claim of run.claims) {
      run.watch.begun(claim.id);
      const record = await judge(claim);
      // what ends with the run says nothing about the network
      if (interrupted) return await never;
      records.push(record);
      const failure = waiverBeside(record.verdict, waived.get(claim.id), dayOf(startedAt)) ? undefined : failureIn(record);
      run.watch.judged({ ...claim, ...(failure !== undefined && { failure }) });
    }
    run.watch.end();
    await engine.clear();
    const report = await compared(opened, { counted, count, startedAt });
    const left = await projects.down(opened.docker);
    const host = { ...report, leftovers: [...report.leftovers, ...left], used: usedBetween(before, usedSoFar()) };
    return resultsOf(run, opened, { records, startedAt, host });
  };
  const results = judging()
    .finally(() => (interrupted ? never : takeAway()))
    .finally(() => (interrupted ? never : undefined));
  const interrupt = async () => {
    interrupted = true;
    const sofar = begun && { ...begun, records: [...begun.records] };
    const leftovers = await takeAway();
    if (!sofar) return undefined;
    const { objects } = sofar.counted;
    return resultsOf(run, sofar.opened, {
      ...sofar,
      host: { before: objects, after: objects, leftovers, notes: [notCounted] },
      interrupted: true,
    });
  };
  return { results, interrupt };
}

/** Who waits for a run that was interrupted goes on waiting: the process ends. */
const never = new Promise<never>(() => undefined);

/** Why a claim is red; undefined where it is not. */
function failureIn({ verdict, reason = '' }: ClaimRecord): string | undefined {
  return verdict === 'deviates' || verdict === 'error' ? reason : undefined;
}

/** The compose projects of a run. */
class Projects {
  private program: ComposeProgram | undefined;
  private begun: DeclaredCompose[] = [];
  private going: Promise<string[]> | undefined;

  constructor(private readonly run: SpecsRun) {}

  /** Brings all of them up. @throws UserError where one does not come up */
  async up(): Promise<void> {
    const { composed, engine, progress } = this.run;
    const [first] = composed;
    if (!first) return;
    composed.forEach(mustBeThere);
    const program = (this.program = await ComposeProgram.find(engine, first.file));
    for (const it of composed) {
      progress(`Bringing up ${it.file} as ${it.project} …`);
      this.begun.push(it);
      await program.up(it);
    }
  }

  /** Takes those down that were begun, once. @returns what went wrong, in sentences */
  down(docker: Parameters<ComposeProgram['down']>[1]): Promise<string[]> {
    const { program } = this;
    return (this.going ??= Promise.all(program ? this.begun.map((it) => program.down(it, docker)) : []).then((said) =>
      said.filter((it) => it !== undefined),
    ));
  }
}

interface Counting {
  counted: Counted;
  count: () => Promise<Counted>;
  startedAt: Date;
}

/** What was counted before and after; what others did meanwhile explains a difference. */
async function compared({ docker, runId }: OpenedEngine, { counted, count, startedAt }: Counting): Promise<HostReport> {
  const look = async () => {
    const after = await count();
    const changed = differences(counted, after);
    return { after, changed, others: changed.length > 0 ? await othersActivity(docker, startedAt, runId) : [] };
  };
  const { after, changed, others } = await eventually(look, (it) => it.changed.length === 0 || it.others.length > 0, { within: 3000 });
  const busy = others.length > 0;
  return {
    before: counted.objects,
    after: after.objects,
    leftovers: busy ? [] : changed,
    notes: busy ? [`others used the engine during the run (${others.join(', ')}), so these counts say nothing: ${changed.join('; ')}`] : [],
  };
}

function resultsOf(
  { claims, all, runId, strict, leastJudged, waivers: users, baseline: baselines, shard, again }: SpecsRun,
  { facts, labels, access, reachedBy, image }: OpenedEngine,
  {
    records,
    startedAt,
    host,
    interrupted = false,
  }: { records: readonly ClaimRecord[]; startedAt: Date; host: HostReport; interrupted?: boolean },
): Results {
  const context: RunContext = {
    runId,
    labels,
    directory: '',
    engine: facts,
    reachedBy,
    host: access,
    image: { reference: image, description: 'that of helper containers; under test are containers of the user', tools: image },
    reaper: false,
    wishes: {},
    selected: claims.map(({ id }) => id),
    inapplicable: {},
    waived: [],
  };
  const waivers = waiversFor(facts, [], users);
  const baseline = baselines?.(facts.id);
  const judged = claims.flatMap((claim, index): ClaimResult[] => {
    const record = records[index];
    if (!record) return [];
    const { id, area, section, level, title } = claim;
    const waiver = waiverBeside(record.verdict, waivers.get(id), dayOf(startedAt));
    const result = { area, section, level, title, sources: [], attempts: 1, ...record, ...(waiver && { waiver }) };
    return [baseline ? { ...result, sinceBaseline: changeSince(baseline, result) } : result];
  });
  const parts: Parts = {
    context,
    waivers,
    notes: ['the claims are those of the user, about containers of the user'],
    startedAt,
    suite,
    records: new Map(),
    topologies: [],
    specs: [],
    host,
    strict,
    leastJudged,
    interrupted,
    again: again({ context }),
    ...(shard && { shard }),
    ...(baseline && { baseline }),
  };
  const results = resultsWith(judged, parts);
  return baseline ? { ...results, baseline: toldOf(baseline, all) } : results;
}
