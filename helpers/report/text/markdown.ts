import { notLookedAtLine } from '../../results/not-looked-at';
import {
  sinceBaselineOf,
  causesOf,
  countsLine,
  countsOf,
  headOf,
  idsOf,
  isFailure,
  obstaclesOf,
  remarksOn,
  rerun,
  sectionsOf,
  waiverLines,
  wordsOf,
} from './summary';
import { placeInWords } from '../../results/place';
import type { ClaimResult, Results } from '../../results/results';
import { kindWords } from '../../results/change-kind';
import { escapeMarkup, harmless, oneLine } from '../../base/text';
import { verdictWords } from '../../results/verdict';
import { exitMeaning } from '../../results/verdict-summary';

const longestCell = 300;
/** Ids that are told of the claims that one thing blocks; each has its row. */
const shownBlocked = 20;

/**
 * The results as GitHub-flavoured Markdown: the head, the counts, one table per section, and the evidence of what does
 * not conform. Where `maximumBytes` does not suffice, evidence is left out first, and the report says how much.
 */
export function markdownReport(results: Results, maximumBytes = Infinity): string {
  const told = new Set(obstaclesOf(results).map(({ reason }) => reason));
  const tables = [
    ...head(results),
    ...sectionsOf(results.claims).map(
      (section) => `### ${inline(section.area)}: ${inline(section.section)}\n\n${table(section.claims, told)}`,
    ),
  ];
  const failed = results.claims.filter(isFailure);
  const details = failed.map((claim) => evidenceOf(claim, results));
  const heading = details.length > 0 ? ['### What does not conform'] : [];
  const [top = '', ...rest] = tables;
  return fitting(
    [top, ...sinceBaseline(results), ...causes(results), ...obstacles(results), ...rest, ...heading, ...details],
    maximumBytes,
    'results.json has',
  );
}

/** As many parts as fit, then a line that says how many do not, and what has them. */
export function fitting(parts: readonly string[], maximumBytes: number, elsewhere: string): string {
  const reserve = 200;
  let used = 0;
  const fitted = parts.filter((part) => {
    const size = Buffer.byteLength(part) + 2;
    if (used + size > maximumBytes - reserve) return false;
    used += size;
    return true;
  });
  const missing = parts.length - fitted.length;
  if (missing > 0) fitted.push(`_${String(missing)} parts of this report do not fit in here; ${elsewhere} them all._`);
  return `${fitted.join('\n\n')}\n`;
}

function head(results: Results): string[] {
  const rows = headOf(results).map(([label, value]) => `| ${label} | ${inline(value)} |`);
  const counts = countsOf(results);
  const meaning = exitMeaning(results);
  const unseen = notLookedAtLine(results);
  const warnings = waiverLines(results).map((it) => `- ${inline(it)}`);
  const leftovers = results.host.leftovers.map((it) => `- ${inline(it)}`);
  return [
    `## ${inline(results.suite.name)}: ${inline(results.engine.id)}${unseen === undefined ? '' : `\n\n**${inline(unseen)}**`}`,
    inline(countsLine(results)) +
      (meaning ? `  \n${results.interrupted ? 'Interrupted' : `Exit status ${String(results.summary.exitStatus)}`}: ${meaning}.` : ''),
    ...(results.statements ?? []).map(({ text, command }) => `**${inline(text)}**  \n${inline(command)}`),
    ['| | |', '| --- | --- |', ...rows].join('\n'),
    [
      `| ${counts.map(({ verdict }) => `${verdictWords[verdict].mark} ${verdictWords[verdict].label}`).join(' | ')} |`,
      `| ${counts.map(() => '---:').join(' | ')} |`,
      `| ${counts.map(({ count }) => String(count)).join(' | ')} |`,
    ].join('\n'),
    ...(warnings.length > 0 ? [warnings.join('\n')] : []),
    ...(leftovers.length > 0 ? [['The run left behind:', '', ...leftovers].join('\n')] : []),
  ];
}

/** What is not as it was in the baseline. */
function sinceBaseline(results: Results): string[] {
  const since = sinceBaselineOf(results);
  if (!since) return [];
  const rows = since.changes.map(({ kind, id, step }) => `| ${kindWords[kind].counted} | \`${id}\` | ${step} |`);
  return [
    inline(since.line) +
      (rows.length > 0 ? ['', '', '| since the baseline | claim | verdict |', '| --- | --- | --- |', ...rows].join('\n') : ''),
  ];
}

/** What must be mended comes first. */
function causes(results: Results): string[] {
  const rows = causesOf(results).map(
    ({ code, summary, remedy, claims }) =>
      `| ${inline(summary)} (\`${code}\`) | ${inline(remedy)} | ${claims.map(({ id }) => `\`${id}\``).join('<br>')} |`,
  );
  return rows.length > 0 ? [['| cause | remedy | claims |', '| --- | --- | --- |', ...rows].join('\n')] : [];
}

/** What kept claims from being judged, each once. */
function obstacles(results: Results): string[] {
  const rows = obstaclesOf(results).map(
    ({ reason, remedy = '', claims }) => `| ${cell(reason)} | ${inline(remedy)} | ${idsOf(claims, shownBlocked, (id) => `\`${id}\``)} |`,
  );
  return rows.length > 0 ? [['| in the way | remedy | claims that it blocks |', '| --- | --- | --- |', ...rows].join('\n')] : [];
}

/** @param told reasons that have been told already, for all claims that they block */
function table(claims: readonly ClaimResult[], told: ReadonlySet<string>): string {
  const rows = claims.map((claim) => {
    const { mark, label } = wordsOf(claim);
    const cells = [
      `${mark} ${label}`,
      inline(claim.title),
      `\`${claim.id}\``,
      claim.level,
      `${claim.verdict === 'blocked' && told.has(claim.reason ?? '') ? 'see above' : cell(whyOf(claim))}${remarksOn(claim)}`.trim(),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| verdict | claim | id | level | why |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** An accepted deviation is explained by whoever accepted it. */
function whyOf({ reason = '', waiver }: ClaimResult): string {
  return waiver?.state === 'applies' ? `${waiver.reason} (${waiver.link})` : reason;
}

function evidenceOf(claim: ClaimResult, results: Results): string {
  const { cause } = claim;
  const steps = (evidence: ClaimResult['evidence']) =>
    evidence.map((step) => `[${String(step.atMs)} ms] ${placeInWords(step)}: ${step.what}\n${step.answer}`).join('\n\n');
  const summary = `${verdictWords[claim.verdict].mark} ${claim.id}: ${oneLine(claim.title)}`;
  return [
    `<details><summary>${escapeMarkup(summary)}</summary>`,
    fenced(claim.reason ?? ''),
    ...(cause ? [`Cause: ${inline(cause.summary)} (\`${cause.code}\`)  \nRemedy: ${inline(cause.remedy)}`] : []),
    ...(claim.evidence.length > 0 ? ['Evidence:', fenced(steps(claim.evidence))] : []),
    ...(cause && cause.evidence.length > 0 ? ['Evidence of the cause:', fenced(steps(cause.evidence))] : []),
    `Again:\n\n${fenced(rerun(results, claim))}`,
    '</details>',
  ].join('\n\n');
}

function cell(text: string): string {
  const line = oneLine(text);
  return inline(line.length > longestCell ? `${line.slice(0, longestCell)}…` : line);
}

/** Text that means itself in a paragraph and in a cell of a table. */
export function inline(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]#~|@]/g, '\\$&')
    .replace(/[&<>]/g, (character) => escapeMarkup(character));
}

/** A code block that its content cannot close. */
function fenced(text: string): string {
  const content = harmless(text.trim());
  const longestRun = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  return `${fence}text\n${content}\n${fence}`;
}
