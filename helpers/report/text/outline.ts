import type { ClaimResult, Results } from '../../results/results';
import { unknownCause } from '../../results/cause-code';
import { formatDuration, oneLine } from '../../base/text';
import { verdicts, verdictWords } from '../../results/verdict';

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
export function headOf({ engine, notes }: Results): [label: string, value: string][] {
  const rootless = engine.rootless ? ', rootless' : '';
  const named = oneLine(`${engine.name} ${engine.version} (${engine.id}), API ${engine.apiVersion}${rootless}`);
  return [
    ['Engine', named],
    ['Kernel', oneLine(`${engine.kernel}, firewall backend: ${engine.firewallBackend}`)],
    ['Reached', oneLine(engine.reachedBy)],
    ['Image', oneLine(engine.image)],
    ...notes.map((note): [string, string] => ['Note', oneLine(note)]),
  ];
}

/** How many claims have which verdict: the numbers that every report must agree on. */
export function countsOf({ summary }: Results): { verdict: (typeof verdicts)[number]; count: number; words: string }[] {
  return verdicts.map((verdict) => ({
    verdict,
    count: summary[verdict],
    words: `${String(summary[verdict])} ${verdictWords[verdict].counted}${verdict === 'deviates' && summary.waived > 0 ? ` (${String(summary.waived)} waived)` : ''}`,
  }));
}

/** Whether a claim's verdict calls for attention: it deviates and no waiver accepts that, or the suite failed on it. */
export function isFailure({ verdict, waiver }: Pick<ClaimResult, 'verdict' | 'waiver'>): boolean {
  return verdict === 'error' || (verdict === 'deviates' && waiver?.state !== 'applies');
}

/** How reports mark and name what became of a claim; a deviation that is accepted looks neither like a pass nor like a failure. */
export function wordsOf({ verdict, waiver }: Pick<ClaimResult, 'verdict' | 'waiver'>): { mark: string; label: string } {
  return verdict === 'deviates' && waiver?.state === 'applies' ? { mark: '~', label: 'deviates, waived' } : verdictWords[verdict];
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
    if (waiver?.state === 'expired') return [`The waiver of ${id} (${oneLine(waiver.from)}) expired on ${waiver.expires}, and the claim still deviates: ${oneLine(waiver.reason)} (${oneLine(waiver.link)})`];
    if (waiver?.state === 'needless') return [`The waiver of ${id} (${oneLine(waiver.from)}) is not needed: the claim ${verdict === 'conforms' ? 'conforms' : 'is not applicable'}. Remove it.`];
    return [];
  });
}

/** The counts as one line, e.g. `45 conform · 0 deviate · 1 not applicable · 1 blocked · 0 error, in 3.2 s`. */
export function countsLine(results: Results): string {
  const counts = countsOf(results).map(({ words }) => words);
  return `${counts.join(' · ')}, in ${formatDuration(results.durationMs)}`;
}

/** The command that runs nothing but this claim. */
export function rerun(claim: Pick<ClaimResult, 'id'>): string {
  return `npm test -- --claim ${claim.id}`;
}

/** What is unusual about the claim: that its deviation is accepted, that it took a retry, or long. Empty, or ` (2.2 s, 2 attempts)`. */
export function remarksOn(claim: ClaimResult): string {
  const remarks = claim.durationMs >= 1000 ? [formatDuration(claim.durationMs)] : [];
  if (claim.waiver?.state === 'applies') remarks.push(`waived until ${claim.waiver.expires}`);
  if (claim.attempts > 1) remarks.push(`${String(claim.attempts)} attempts`);
  return remarks.length > 0 ? ` (${remarks.join(', ')})` : '';
}
