import { appendFileSync, statSync } from 'node:fs';
import { exitStatus } from '../../base/user-error';
import { markdownReport } from './markdown';
import { notLookedAtLine } from '../../results/not-looked-at';
import { sinceBaselineOf, isFailure, specOf, waiverLines } from './summary';
import type { ClaimResult, Results } from '../../results/results';
import { oneLine, plain } from '../../base/text';
import { verdictWords } from '../../results/verdict';
import { exitMeaning } from '../../results/verdict-summary';
import { orUserError } from '../../base/write-file';

/** GitHub shows so many annotations of a kind for one step and drops the rest without a word. */
const maximumAnnotations = 10;
/** GitHub refuses the summary of a step altogether when it is larger. */
const maximumSummaryBytes = 1024 * 1024;
const longestMessage = 2000;

/** Annotations as the runner reads them from the output: an error per deviation or error, a warning per blocked claim or waiver to look at. */
export function annotations(results: Results): string {
  const errors = results.claims.filter(isFailure);
  const warnings = results.claims.filter(({ verdict }) => verdict === 'blocked');
  const waivers = waiverLines(results)
    .slice(0, maximumAnnotations)
    .map((line) => `::warning title=waiver::${escapeData(line)}`);
  const lines = [...limited('error', errors), ...limited('warning', warnings), ...waivers];
  return [...gate(results), ...lines].map((line) => `${line}\n`).join('');
}

/** What is of no single claim: it stands before those that are. */
function gate(results: Results): string[] {
  const unseen = notLookedAtLine(results);
  const since = sinceBaselineOf(results);
  const told = since ? [`::notice title=since the baseline::${escapeData(since.line)}`] : [];
  const warning = unseen === undefined ? [] : [`::warning title=not looked at::${escapeData(unseen)}`];
  return [...tooLittle(results), ...warning, ...told];
}

function tooLittle(results: Results): string[] {
  if (results.interrupted) return [`::error title=interrupted::${escapeData(exitMeaning(results) ?? '')}`];
  return results.summary.exitStatus === exitStatus.tooLittle
    ? [`::error title=too little was judged::${escapeData(exitMeaning(results) ?? '')}`]
    : [];
}

/** Appends the Markdown report to the summary of the step, within what GitHub accepts. */
export function appendJobSummary(path: string, results: Results): void {
  appendToJobSummary(path, (room) => markdownReport(results, room));
}

/** Appends what `write` makes to the summary of the step. It is told how many bytes GitHub still accepts. */
export function appendToJobSummary(path: string, write: (room: number) => string): void {
  orUserError(path, () => {
    const used = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const room = maximumSummaryBytes - used;
    const report = write(room);
    if (Buffer.byteLength(report) <= room) appendFileSync(path, report);
  });
}

/** Says on GitHub Actions what the run found; elsewhere it does nothing. */
export function reportToGithub(results: Results, env: NodeJS.ProcessEnv, print: (text: string) => void): void {
  if (env['GITHUB_ACTIONS'] !== 'true') return;
  print(annotations(results));
  if (env['GITHUB_STEP_SUMMARY']) appendJobSummary(env['GITHUB_STEP_SUMMARY'], results);
}

function limited(kind: 'error' | 'warning', claims: ClaimResult[]): string[] {
  const shown = claims.slice(0, maximumAnnotations).map((claim) => annotation(kind, claim));
  const rest = claims.length - shown.length;
  return rest > 0 ? [...shown, `::notice::${escapeData(`${String(rest)} more of kind ${kind}: see the job summary`)}`] : shown;
}

function annotation(kind: 'error' | 'warning', claim: ClaimResult): string {
  const title = escapeProperty(oneLine(`${verdictWords[claim.verdict].label}: ${claim.id}`));
  const reason = plain(claim.reason ?? '').trim();
  const cause = claim.cause ? `\ncause: ${oneLine(claim.cause.summary)}\nremedy: ${oneLine(claim.cause.remedy)}` : '';
  const message = `${oneLine(claim.title)}\n${reason.length > longestMessage ? `${reason.slice(0, longestMessage)}…` : reason}${cause}`;
  return `::${kind} title=${title},file=${escapeProperty(specOf(claim))}::${escapeData(message)}`;
}

/** The runner's own escape of a message, see "Workflow commands" in its documentation. */
export function escapeData(text: string): string {
  return plain(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The runner's own escape of a title or another property. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
