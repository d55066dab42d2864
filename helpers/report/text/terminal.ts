import { createColors } from 'picocolors';
import { kindWords } from '../../results/change-kind';
import { notLookedAtLine } from '../../results/not-looked-at';
import {
  sinceBaselineOf,
  causesOf,
  countsOf,
  headOf,
  idsOf,
  isFailure,
  obstaclesOf,
  remarksOn,
  rerun,
  sectionsOf,
  shared,
  waiverLines,
  wordsOf,
} from './summary';
import { placeInWords } from '../../results/place';
import type { ClaimResult, Results } from '../../results/results';
import { displayWidth, formatDuration, oneLine, plain, truncate, withoutCommands, wrap } from '../../base/text';
import { verdictWords, type Verdict } from '../../results/verdict';
import { acceptance, exitMeaning } from '../../results/verdict-summary';

export interface TerminalOptions {
  color: boolean;
  /** columns of the terminal */
  width: number;
  /** reports that were written, named at the end */
  files: readonly string[];
  /** shows the id and the evidence of every claim, and every reason */
  verbose?: boolean;
}

const shownReasonLines = 8;
const shownSteps = 3;
/** Ids that are told of the claims that one thing blocks; each is marked at its place. */
const shownBlocked = 12;
/** Claims that are told of those that are not as they were in the baseline. */
const shownChanges = 40;
/** Sets off the text of others. */
const bar = '│ ';

/** What a person reads when the run is over. */
export function terminalReport(results: Results, options: TerminalOptions): string {
  const width = Math.max(options.width, 40);
  const report = new TerminalReport(results, { verbose: false, ...options, width });
  return `${report.lines().join('\n')}\n`;
}

/** What failed, for a person who is about to look at the containers that are still there. */
export function failuresReport(results: Results, { color, width }: Pick<TerminalOptions, 'color' | 'width'>): string {
  const report = new TerminalReport(
    { ...results, claims: results.claims.filter(isFailure) },
    { color, width: Math.max(width, 40), files: [], verbose: false },
  );
  return `${report.failures().join('\n')}\n`;
}

class TerminalReport {
  private readonly colors;
  private readonly groups: Map<string, ClaimResult[]>;

  constructor(
    private readonly results: Results,
    private readonly options: Required<TerminalOptions>,
  ) {
    this.colors = createColors(options.color);
    this.groups = options.verbose ? new Map<string, ClaimResult[]>() : sharedReasons(results.claims);
  }

  lines(): string[] {
    const lines = [
      ...this.head(),
      ...this.sections(),
      ...this.sharedReasons(),
      ...this.causes(),
      ...this.waivers(),
      ...this.sinceBaseline(),
      ...this.leftovers(),
      ...this.end(),
    ];
    return lines.filter((line, index) => line !== '' || lines[index - 1] !== '').map(withoutCommands);
  }

  /** The sections alone, with the causes. */
  failures(): string[] {
    return [...this.sections(), ...this.causes()].map(withoutCommands);
  }

  private head(): string[] {
    const { suite } = this.results;
    const title = `${this.colors.bold(plain(suite.name))} ${this.colors.dim(plain(suite.version))}`;
    return ['', ` ${title}`, '', ...headOf(this.results).flatMap(([label, value]) => this.field(1, label, value))];
  }

  private sections(): string[] {
    let area: string | undefined;
    return sectionsOf(this.results.claims).flatMap((section) => {
      const areaLines = section.area === area ? [] : ['', ` ${this.colors.bold(plain(section.area))}`];
      area = section.area;
      return [...areaLines, `   ${plain(section.section)}`, ...section.claims.flatMap((claim) => this.claim(claim))];
    });
  }

  private claim(claim: ClaimResult): string[] {
    const { bold, dim } = this.colors;
    const remarks = remarksOn(claim);
    const room = this.options.width - 7;
    const title = oneLine(claim.title);
    const id = this.options.verbose ? [dim(`       ${claim.id}`)] : [];
    const failed = isFailure(claim);
    const paintTitle = failed ? bold : claim.verdict === 'not-applicable' ? dim : String;
    const paint = (line: string) =>
      remarks !== '' && line.endsWith(remarks) ? `${paintTitle(line.slice(0, -remarks.length))}${dim(remarks)}` : paintTitle(line);
    const [first = '', ...more] = wrap(`${title}${remarks}`, room);
    return [`     ${this.mark(claim)} ${paint(first)}`, ...more.map((line) => `       ${paint(line)}`), ...id, ...this.details(claim)];
  }

  private details(claim: ClaimResult): string[] {
    switch (claim.verdict) {
      case 'conforms':
        return this.options.verbose ? this.steps(claim.evidence) : [];
      case 'not-applicable':
      case 'blocked':
        return this.groups.has(groupKey(claim)) ? [] : this.quoted(claim.reason ?? '');
      default:
        if (claim.waiver?.state === 'applies' && !this.options.verbose) return this.quoted(`${claim.waiver.reason} (${claim.waiver.link})`);
        if (!isFailure(claim) && !this.options.verbose) return this.quoted(claim.reason ?? '');
        return this.groups.has(groupKey(claim))
          ? []
          : [...this.quoted(claim.reason ?? ''), ...this.cause(claim), ...this.steps(claim.evidence), this.again(claim), ''];
    }
  }

  private cause({ cause }: ClaimResult): string[] {
    if (!cause) return [];
    return [...this.field(7, 'cause', `${oneLine(cause.summary)} (${cause.code})`), ...this.field(7, 'remedy', oneLine(cause.remedy))];
  }

  /** The last steps tell most: what was asked when the claim failed. */
  private steps(evidence: ClaimResult['evidence']): string[] {
    const shown = this.options.verbose ? evidence : evidence.slice(-shownSteps);
    const earlier = evidence.length - shown.length;
    const lines = shown.flatMap((step) => [
      `${formatDuration(step.atMs)} ${oneLine(placeInWords(step))}: ${oneLine(step.what)}`,
      `  → ${oneLine(step.answer) || '(no answer)'}`,
    ]);
    if (earlier > 0) lines.unshift(`… ${String(earlier)} earlier`);
    const { dim } = this.colors;
    return lines.map(
      (line, index) => `       ${dim((index === 0 ? 'seen' : '').padEnd(9))}${dim(truncate(line, this.options.width - 16))}`,
    );
  }

  /** Never wrapped, for it is there to be copied. */
  private again(claim: ClaimResult): string {
    return `       ${this.colors.dim('again'.padEnd(9))}${rerun(this.results, claim)}`;
  }

  private quoted(text: string): string[] {
    const maximum = this.options.verbose ? Infinity : shownReasonLines;
    const wrapped = wrap(
      plain(text)
        .trim()
        .replace(/\n\s*\n/g, '\n'),
      this.options.width - 9,
      maximum + 1,
    );
    const lines = wrapped.length > maximum ? [...wrapped.slice(0, maximum), '… (more in the results file)'] : wrapped;
    return lines.map((line) => `       ${this.colors.dim(bar)}${line}`);
  }

  private sharedReasons(): string[] {
    if (this.groups.size === 0) return [];
    const lines = [...this.groups.values()].flatMap((claims) => {
      const [{ verdict, reason = '' }] = claims as [ClaimResult, ...ClaimResult[]];
      const count = `${String(claims.length)} ${verdictWords[verdict].counted}: `;
      return verdict === 'blocked' ? [] : [` ${this.mark({ verdict })} ${truncate(`${count}${oneLine(reason)}`, this.options.width - 3)}`];
    });
    return ['', ...lines, ...this.obstacles()];
  }

  /** What kept claims from being judged, as a whole, with those that it blocks. */
  private obstacles(): string[] {
    const { dim } = this.colors;
    return obstaclesOf(this.results).flatMap(({ reason, remedy, claims }) => {
      const [first = '', ...more] = wrap(
        `${String(claims.length)} ${verdictWords.blocked.counted}: ${oneLine(reason)}`,
        this.options.width - 3,
        shownReasonLines,
      );
      const ids = wrap(idsOf(claims, shownBlocked), this.options.width - 3).map((line) => `   ${dim(line)}`);
      return [
        ` ${this.mark({ verdict: 'blocked' })} ${first}`,
        ...more.map((line) => `   ${line}`),
        ...(remedy === undefined ? [] : this.field(3, 'remedy', oneLine(remedy))),
        ...ids,
      ];
    });
  }

  /** What must be mended, with all that it broke. */
  private causes(): string[] {
    const groups = causesOf(this.results);
    if (groups.length === 0) return [];
    const lines = groups.flatMap(({ code, summary, remedy, claims }) => [
      ...this.field(3, `${String(claims.length)} ${claims.length === 1 ? 'claim' : 'claims'}`, `${oneLine(summary)} (${code})`),
      ...this.field(3, 'remedy', oneLine(remedy)),
      ...claims.map(({ id }) => `            ${this.colors.dim(truncate(id, this.options.width - 12))}`),
    ]);
    return ['', ` ${this.colors.bold(groups.length === 1 ? 'Cause' : 'Causes')}`, ...lines];
  }

  private waivers(): string[] {
    const lines = waiverLines(this.results).flatMap((line) =>
      wrap(line, this.options.width - 5).map((part, index) => ` ${index === 0 ? this.colors.yellow('!') : ' '} ${part}`),
    );
    return lines.length > 0 ? ['', ...lines] : [];
  }

  /** What is not as it was in the baseline: what got worse comes first. */
  private sinceBaseline(): string[] {
    const since = sinceBaselineOf(this.results);
    if (!since) return [];
    const { bold, dim, red, green } = this.colors;
    const paint = (kind: string) => (kind === 'regressed' ? red : kind === 'improved' ? green : String);
    const [first = '', ...more] = wrap(since.line, this.options.width - 2);
    const changes = since.changes.slice(0, this.options.verbose ? Infinity : shownChanges);
    const lines = changes.flatMap(({ kind, id, step }) =>
      wrap(`${kindWords[kind].counted.padEnd(17)} ${id}${step === '' ? '' : ` (${step})`}`, this.options.width - 5).map(
        (line, index) => `   ${index === 0 ? '' : '  '}${paint(kind)(line)}`,
      ),
    );
    const rest = since.changes.length - changes.length;
    return [
      '',
      ` ${bold(first)}`,
      ...more.map((line) => ` ${bold(line)}`),
      ...lines,
      ...(rest > 0 ? [`   ${dim(`… ${rest} more in the results file`)}`] : []),
    ];
  }

  private leftovers(): string[] {
    const { leftovers } = this.results.host;
    if (leftovers.length === 0) return [];
    return [
      '',
      ` ${this.colors.red('The run left behind:')}`,
      ...leftovers.map((it) => `   ${bar}${truncate(oneLine(it), this.options.width - 5)}`),
    ];
  }

  private end(): string[] {
    const counts = countsOf(this.results).map(({ verdict, count, words }) =>
      count > 0 ? this.paint(verdict, words) : this.colors.dim(words),
    );
    const meaning = exitMeaning(this.results);
    // an interrupted run ends with the status of the signal, which nobody knows beforehand
    const label = this.results.interrupted ? 'interrupted' : `exit status ${String(this.results.summary.exitStatus)}`;
    const status = meaning === undefined ? [] : wrap(`${label}: ${meaning}`, this.options.width - 1).map((line) => ` ${line}`);
    const files = this.options.files.map((file) => ` ${this.colors.dim('written')} ${file}`);
    const unseen = notLookedAtLine(this.results);
    const first = unseen === undefined ? [] : wrap(unseen, this.options.width - 2).map((line) => ` ${this.colors.yellow(line)}`);
    return [
      '',
      ...first,
      ...this.fitted(
        counts.map((text, index) => `${text}${index === counts.length - 1 ? `, in ${formatDuration(this.results.durationMs)}` : ' ·'}`),
      ),
      ...this.statements(),
      ...status,
      ...(files.length > 0 ? ['', ...files] : []),
    ];
  }

  /** What may be quoted, and what judges it again. */
  private statements(): string[] {
    return (this.results.statements ?? []).flatMap(({ text, command, conforms, deviations }) => [
      ...wrap(oneLine(text), this.options.width - 1).map(
        (line) => ` ${conforms ? this.colors.green(line) : deviations > 0 ? this.colors.red(line) : this.colors.yellow(line)}`,
      ),
      // never wrapped, for it is there to be copied
      `   ${this.colors.dim(oneLine(command))}`,
    ]);
  }

  /** Coloured parts in as few lines as they need; none of them is cut. */
  private fitted(parts: readonly string[]): string[] {
    const lines: string[] = [];
    for (const part of parts) {
      const longer = `${lines.at(-1) ?? ''} ${part}`;
      if (lines.length > 0 && displayWidth(plain(longer)) <= this.options.width) lines[lines.length - 1] = longer;
      else lines.push(` ${part}`);
    }
    return lines;
  }

  /** A label and its text, which goes on below itself. */
  private field(indent: number, label: string, value: string): string[] {
    const margin = indent + 9;
    return wrap(value, this.options.width - margin).map((line, index) => {
      const name = (index === 0 ? label : '').padEnd(9);
      return `${' '.repeat(indent)}${this.colors.dim(name)}${line}`;
    });
  }

  private mark(claim: Pick<ClaimResult, 'verdict' | 'waiver' | 'sinceBaseline'>): string {
    const { mark } = wordsOf(claim);
    return acceptance(claim) !== undefined ? this.colors.yellow(mark) : this.paint(claim.verdict, mark);
  }

  private paint(verdict: Verdict, text: string): string {
    const { green, red, dim, yellow, magenta } = this.colors;
    return { conforms: green, deviates: red, 'not-applicable': dim, blocked: yellow, error: magenta }[verdict](text);
  }
}

function groupKey({ verdict, reason }: ClaimResult): string {
  return `${verdict}\n${reason ?? ''}`;
}

function sharedReasons(claims: readonly ClaimResult[]): Map<string, ClaimResult[]> {
  const groups = new Map<string, ClaimResult[]>();
  for (const claim of claims) {
    if (claim.verdict === 'conforms' || claim.verdict === 'deviates') continue;
    groups.set(groupKey(claim), [...(groups.get(groupKey(claim)) ?? []), claim]);
  }
  return new Map([...groups].filter(([, members]) => members.length >= shared));
}
