import { note, print, terminalStyle } from '../base/output';
import { harmlessThroughout } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { Declared } from '../network/declared';
import { loadSpecs, specsIn } from '../network/load-specs';
import { offer } from '../network/network';
import { newRunId } from '../network/opened-engine';
import { runSpecs } from '../network/run-specs';
import type { Asker } from '../network/asker';
import { writeReports } from '../report';
import { defaultLeastJudged } from '../results/judged-share';
import { startedBy } from '../run/again';
import { readBaselines } from '../run/baseline';
import { keepLastRun, lastFailed } from '../run/last-run';
import { prepareReports } from '../run/report-targets';
import { selectAmong } from '../run/selection';
import { claimsOfShard, parseShard } from '../run/shard';
import { endOnSignals } from '../run/signals';
import { readWaivers } from '../run/waivers';
import type { RunOptions } from './run';

/** Options of `run` that are about the suite's own claims. */
const ofTheSuite = {
  profile: '--profile',
  reach: '--reach',
  keepFailed: '--keep-failed',
  fault: '--fault',
  mutants: '--mutants',
  trials: '--trials',
  calls: '--calls',
  fullEvidence: '--full-evidence',
} as const;

/**
 * Judges the specs of a user's own network, and writes the reports.
 * @param place folder of specs, or one spec
 * @returns the exit status of the run
 */
export async function runSpecsCommand(place: string, jestArguments: readonly string[], options: RunOptions): Promise<number> {
  mustFit(jestArguments, options);
  const { json, junit, html, ctrf, badge, strict, engine, privilegedDiagnosis = false } = options;
  const runId = newRunId();
  const specs = specsIn(place);
  const declared = new Declared(specs.folder, `dnc-${runId}`);
  const engineOf: { asker?: Asker } = {};
  offer(declared, () => {
    if (!engineOf.asker) throw new Error('Something is asked before there is an engine. Ask in the check of a claim.');
    return engineOf.asker;
  });
  await loadSpecs(specs, (file) => declared.loading(file));
  const { claims: all, composed } = declared;
  if (all.length === 0)
    throw new UserError(`The specs in ${place} declare no claim.`, 'Call claim({ id, title, check }) in them.', exitStatus.usage);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  const selected = selectAmong(
    all,
    { ...options, ...(options.lastFailed && { failed: lastFailed(json) }) },
    `The specs have ${all
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ')}${all.length > 5 ? ', …' : ''}.`,
  );
  const claims = shard ? claimsOfShard(selected, shard) : selected;
  const ids = new Set(all.map(({ id }) => id));
  const waivers = options.waivers === undefined ? undefined : readWaivers(options.waivers, ids);
  const baseline =
    options.baseline &&
    readBaselines(
      options.baseline,
      claims.map(({ id }) => id),
    );
  keepLastRun(json);
  prepareReports([
    ['--json', json],
    ['--junit', junit],
    ['--html', html],
    ['--ctrf', ctrf],
    ['--badge', badge],
  ]);
  const run = runSpecs({
    runId,
    claims,
    all,
    composed,
    offerEngine: (asker) => (engineOf.asker = asker),
    strict,
    leastJudged: options.minJudged ?? (options.claim === undefined ? defaultLeastJudged : 0),
    again: startedBy(repeated(place, options)),
    privilegedDiagnosis,
    progress: note,
    ...(engine !== undefined && { engine }),
    ...(waivers && { waivers }),
    ...(baseline && { baseline }),
    ...(shard && { shard }),
  });
  endOnSignals(run);
  // what containers say of themselves is not trusted
  const results = harmlessThroughout(await run.results);
  const { color, width } = terminalStyle();
  const { terminal, problems } = await writeReports(results, { ...options, directory: process.cwd(), color, width, env: process.env });
  print(terminal, { color });
  for (const problem of problems) note(problem);
  return problems.length > 0 ? exitStatus.failed : results.summary.exitStatus;
}

/** @throws UserError for an option that says nothing of a user's own claims */
function mustFit(jestArguments: readonly string[], options: RunOptions): void {
  const refused = (what: string) =>
    new UserError(
      `${what} does not go with --specs.`,
      'Leave it out: the claims are those of your specs, and no Jest runs them.',
      exitStatus.usage,
    );
  if (jestArguments.length > 0) throw refused('What follows --');
  for (const [name, option] of Object.entries(ofTheSuite)) {
    const value: unknown = options[name as keyof typeof ofTheSuite];
    if (value !== undefined && value !== false) throw refused(option);
  }
}

/** The options that the verdict on one claim depends on. */
function repeated(place: string, { engine, waivers, baseline, privilegedDiagnosis, strict }: RunOptions): string[] {
  return [
    ...['--specs', place],
    ...(engine === undefined ? [] : ['--engine', engine]),
    ...(waivers === undefined ? [] : ['--waivers', waivers]),
    ...(baseline === undefined ? [] : ['--baseline', ...baseline]),
    ...(privilegedDiagnosis ? ['--privileged-diagnosis'] : []),
    ...(strict ? ['--strict'] : []),
  ];
}
