import { note, print, terminalStyle } from '../base/output';
import { harmlessThroughout } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { declareSpecs, someOf } from '../network/declare-specs';
import { newRunId } from '../network/opened-engine';
import { runSpecs } from '../network/run-specs';
import type { Asker } from '../network/asker';
import { writeReports } from '../report';
import { defaultLeastJudged } from '../results/judged-share';
import type { Results } from '../results/results';
import { startedBy } from '../run/again';
import { readBaselines } from '../run/baseline';
import { keepLastRun, lastFailed } from '../run/last-run';
import { projectPrefix } from '../run/objects';
import { Progress, progressOptions } from '../run/progress';
import { prepareReports, reportFiles } from '../run/report-targets';
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
  const { json, strict, engine, privilegedDiagnosis = false } = options;
  const runId = newRunId();
  const engineOf: { asker?: Asker } = {};
  const { claims: all, composed } = await declareSpecs(place, projectPrefix(runId), () => engineOf.asker);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  const selected = selectAmong(all, { ...options, ...(options.lastFailed && { failed: lastFailed(json) }) }, someOf(all));
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
  prepareReports(reportFiles(options));
  const progress = new Progress(
    claims.map(({ area }) => area),
    progressOptions(process.stderr, process.env),
  );
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
    watch: progress,
    ...(engine !== undefined && { engine }),
    ...(waivers && { waivers }),
    ...(baseline && { baseline }),
    ...(shard && { shard }),
  });
  const report = async (found: Results): Promise<number> => {
    progress.end();
    // what containers say of themselves is not trusted
    const results = harmlessThroughout(found);
    const { color, width } = terminalStyle();
    const { terminal, problems } = await writeReports(results, { ...options, directory: process.cwd(), color, width, env: process.env });
    print(terminal, { color });
    for (const problem of problems) note(problem);
    return problems.length > 0 ? exitStatus.failed : results.summary.exitStatus;
  };
  let reporting: Promise<number> | undefined;
  endOnSignals({
    interrupt: async () => {
      progress.end();
      // all is judged: the reports are being written, and are whole
      if (reporting) return reporting;
      const soFar = await run.interrupt();
      return soFar && report(soFar);
    },
  });
  try {
    return await (reporting = report(await run.results));
  } finally {
    progress.end();
  }
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
