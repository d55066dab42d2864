import type { ClaimResult, Results } from '../../results/results';
import { unknownCause } from '../../results/cause-code';
import { kindWords } from '../../results/change-kind';
import { changeKinds, type ChangeKind } from '../../results/results';
import { counted, formatDuration, oneLine, shellWord } from '../../base/text';
import { verdicts, verdictWords } from '../../results/verdict';
import { acceptance } from '../../results/verdict-summary';

export interface Section {
  area: string;
  section: string;
  claims: ClaimResult[];
}

/** Claims by area and section, in the order of the catalogue, which is the order of the results. */
export function sectionsOf(claims: readonly ClaimResult[]): Section[] {
  const areas = new Map<string, Map<string, Section>>();
  for (const claim of claims) {
    const { area, section } = claim;
    const sections = areas.get(area) ?? new Map<string, Section>();
    const entry = sections.get(section) ?? { area, section, claims: [] };
    entry.claims.push(claim);
    areas.set(area, sections.set(section, entry));
  }
  return [...areas.values()].flatMap((sections) => [...sections.values()]);
}

/** The spec file of a claim; the layout of `specs/` is part of the catalogue's contract. */
export function specOf({ area, section }: Pick<ClaimResult, 'area' | 'section'>): string {
  return `specs/${area}/${section}.spec.ts`;
}

/** What was tested, and how: the head of every report. */
export function headOf({ engine, notes, interrupted, notReached = 0, claims, used }: Results): [label: string, value: string][] {
  const rootless = engine.rootless ? ', rootless' : '';
  const named = oneLine(`${engine.name} ${engine.version} (${engine.id}), API ${engine.apiVersion}${rootless}`);
  return [
    ['Engine', named],
    ['Kernel', oneLine(`${engine.kernel}, firewall backend: ${engine.firewallBackend}`)],
    ['Reached', oneLine(engine.reachedBy)],
    ['Image', oneLine(engine.image)],
    ...(interrupted
      ? ([['Stopped', `the run was interrupted: ${notReached} of its ${claims.length + notReached} claims have no verdict`]] as [
          string,
          string,
        ][])
      : []),
    ...(used ? [['Used', inWords(used)] as [string, string]] : []),
    ...notes.map((note): [string, string] => ['Note', oneLine(note)]),
  ];
}

function inWords({ containers, networks, execs, daemons, processes, cpuSeconds }: NonNullable<Results['used']>): string {
  return [
    counted(containers, 'container'),
    counted(networks, 'network'),
    counted(execs, 'exec'),
    ...(daemons > 0 ? [counted(daemons, 'start') + ' of a daemon'] : []),
    ...(processes === undefined ? [] : [processes === 1 ? '1 process' : `${processes} processes`]),
    `${cpuSeconds} s of processor time`,
  ].join(', ');
}

/** How many claims have which verdict: the numbers that every report must agree on. */
export function countsOf({ summary }: Results): { verdict: (typeof verdicts)[number]; count: number; words: string }[] {
  return verdicts.map((verdict) => ({
    verdict,
    count: summary[verdict],
    words: `${String(summary[verdict])} ${verdictWords[verdict].counted}${verdict === 'deviates' ? accepted(summary) : ''}`,
  }));
}

function accepted({ waived, inBaseline = 0 }: Results['summary']): string {
  const parts = [...(waived > 0 ? [`${waived} waived`] : []), ...(inBaseline > 0 ? [`${inBaseline} no worse than the baseline`] : [])];
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/** Whether a claim's verdict calls for attention: it deviates or the suite failed on it, and neither a waiver nor the baseline accepts that. */
export function isFailure(claim: Pick<ClaimResult, 'verdict' | 'waiver' | 'sinceBaseline'>): boolean {
  return (claim.verdict === 'error' || claim.verdict === 'deviates') && acceptance(claim) === undefined;
}

/** How reports mark and name what became of a claim; a deviation that is accepted looks neither like a pass nor like a failure. */
export function wordsOf(claim: Pick<ClaimResult, 'verdict' | 'waiver' | 'sinceBaseline'>): { mark: string; label: string } {
  const words = verdictWords[claim.verdict];
  const accepted = acceptance(claim);
  if (accepted === undefined) return words;
  const { kind } = claim.sinceBaseline ?? {};
  return {
    mark: '~',
    label: `${words.label}, ${accepted === 'waiver' ? 'waived' : kind === 'new' || kind === 'not-compared' ? 'not judged by the baseline' : 'as in the baseline'}`,
  };
}

/** One cause, and the claims that it turned red. */
export interface CauseGroup {
  code: string;
  summary: string;
  remedy: string;
  claims: ClaimResult[];
}

/** Failures by what caused them, so that one broken thing is told once; those whose cause is not known are in no group. */
export function causesOf({ claims }: Pick<Results, 'claims'>): CauseGroup[] {
  const groups = new Map<string, CauseGroup>();
  for (const claim of claims.filter(isFailure)) {
    const { cause } = claim;
    if (!cause || cause.code === unknownCause) continue;
    const key = `${cause.code}\n${cause.summary}`;
    const group = groups.get(key) ?? { code: cause.code, summary: cause.summary, remedy: cause.remedy, claims: [] };
    group.claims.push(claim);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.claims.length - a.claims.length);
}

/** What keeps several claims from being judged. */
export interface Obstacle {
  reason: string;
  /** undefined where nobody knows one */
  remedy: string | undefined;
  claims: ClaimResult[];
}

/** A reason that so many claims share is told once. */
export const shared = 3;

/** What stands in the way of claims, each once with all the claims that it blocks; the reason of a few is told with them. */
export function obstaclesOf({ claims }: Pick<Results, 'claims'>): Obstacle[] {
  const groups = new Map<string, Obstacle>();
  for (const claim of claims) {
    if (claim.verdict !== 'blocked') continue;
    const reason = claim.reason ?? '';
    const group = groups.get(reason) ?? { reason, remedy: claim.cause?.remedy, claims: [] };
    group.claims.push(claim);
    groups.set(reason, group);
  }
  return [...groups.values()].filter((group) => group.claims.length >= shared).sort((a, b) => b.claims.length - a.claims.length);
}

/** Ids of claims in one line, no more than `most` of them. */
export function idsOf(claims: readonly Pick<ClaimResult, 'id'>[], most: number, told: (id: string) => string = (id) => id): string {
  const ids = claims.slice(0, most).map(({ id }) => told(id));
  return [...ids, ...(claims.length > most ? [`and ${String(claims.length - most)} more`] : [])].join(', ');
}

/** One line for each waiver that somebody must look at: it has expired, or nothing needs it. */
export function waiverLines({ claims }: Pick<Results, 'claims'>): string[] {
  return claims.flatMap(({ id, verdict, waiver }) => {
    if (waiver?.state === 'expired')
      return [
        `The waiver of ${id} (${oneLine(waiver.from)}) expired on ${waiver.expires}, and the claim still deviates: ${oneLine(waiver.reason)} (${oneLine(waiver.link)})`,
      ];
    if (waiver?.state === 'needless')
      return [
        `The waiver of ${id} (${oneLine(waiver.from)}) is not needed: the claim ${verdict === 'conforms' ? 'conforms' : 'is not applicable'}. Remove it.`,
      ];
    return [];
  });
}

/** What became of claims since the baseline. */
export interface SinceBaseline {
  /** the baseline, and how many claims became what */
  line: string;
  /** what is not as it was, each claim with both verdicts; what only the baseline has comes last */
  changes: { kind: ChangeKind; id: string; step: string }[];
}

/** What every report says of a run that was compared with a baseline; undefined where it was not. */
export function sinceBaselineOf({ baseline, claims }: Pick<Results, 'baseline' | 'claims'>): SinceBaseline | undefined {
  if (!baseline) return undefined;
  const told = claims.flatMap((claim) => {
    const { kind, verdict } = claim.sinceBaseline ?? { kind: 'unchanged' as const };
    if (kind === 'unchanged') return [];
    const now = verdictWords[claim.verdict].label;
    return [
      {
        kind,
        id: claim.id,
        step:
          verdict === undefined
            ? now
            : verdict === claim.verdict
              ? `${now}, for another reason`
              : `${verdictWords[verdict].label} → ${now}`,
      },
    ];
  });
  const all = [...told, ...baseline.gone.map((id) => ({ kind: 'gone' as const, id, step: '' }))];
  const changes = changeKinds.flatMap((kind) => all.filter((it) => it.kind === kind));
  const counts = changeKinds
    .map((kind) => ({ kind, count: changes.filter((it) => it.kind === kind).length }))
    .filter(({ count }) => count > 0);
  const words = [...counts.map(({ kind, count }) => `${count} ${kindWords[kind].counted}`), `${claims.length - told.length} unchanged`];
  return {
    line: `Since the baseline ${oneLine(baseline.from)} (${oneLine(baseline.engine)}, ${baseline.startedAt.slice(0, 16).replace('T', ' ')} UTC): ${words.join(' · ')}`,
    changes,
  };
}

/** The counts as one line, e.g. `45 conform · 0 deviate · 1 not applicable · 1 blocked · 0 error, in 3.2 s`. */
export function countsLine(results: Results): string {
  const counts = countsOf(results).map(({ words }) => words);
  return `${counts.join(' · ')}, in ${formatDuration(results.durationMs)}`;
}

/** The command that runs nothing but this claim, on the same engine and as the run was started. */
export function rerun({ again }: Pick<Results, 'again'>, claim: Pick<ClaimResult, 'id' | 'area' | 'section'>): string {
  if (!again) return `npm test -- --claim ${claim.id}`;
  const { program, script = '', variables, options } = again;
  const words = {
    npm: script === 'test' ? ['npm', 'test', '--'] : ['npm', 'run', script, '--'],
    npx: ['npx', 'docker-network-conformance', 'run'],
    node: ['node', script, 'run'],
    bin: ['docker-network-conformance', 'run'],
    jest: ['npx', 'jest', specOf(claim), '-t', `${claim.id}:`],
  }[program];
  const told = program === 'jest' ? words : [...words, ...options, '--claim', claim.id];
  return [...variables.map(({ name, value }) => `${name}=${asWord(value)}`), ...told.map(asWord)].join(' ');
}

function asWord(text: string): string {
  return shellWord(oneLine(text));
}

/** What is unusual about the claim: that its deviation is accepted, that it took a retry, or long. Empty, or ` (2.2 s, 2 attempts)`. */
export function remarksOn(claim: ClaimResult): string {
  const remarks = claim.durationMs >= 1000 ? [formatDuration(claim.durationMs)] : [];
  if (claim.waiver?.state === 'applies') remarks.push(`waived until ${claim.waiver.expires}`);
  if (claim.attempts > 1) remarks.push(`${String(claim.attempts)} attempts`);
  return remarks.length > 0 ? ` (${remarks.join(', ')})` : '';
}
