import { koreanPhrases, koreanSentences, koreanTitles, type Translated } from '../../fixtures/claims/document/korean';
import type { ClaimResult, Results } from '../results/results';
import type { ReportLanguage } from './languages';

interface Sentence {
  english: RegExp;
  places: string[];
  korean: string;
}

const sentences: readonly Sentence[] = koreanSentences.map(([english, korean]) => sentenceOf(english, korean));
const phrases: ReadonlyMap<string, string> = new Map(koreanPhrases);
const titles: Readonly<Record<string, Translated | undefined>> = koreanTitles;

/** What a sentence with places matches. */
export const patternOf = (english: string): RegExp => sentenceOf(english, '').english;

function sentenceOf(english: string, korean: string): Sentence {
  const parts = english.split(/\{(\w+)\}/);
  const text = parts.map((part, index) => (index % 2 === 0 ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : '(.+?)')).join('');
  return { english: new RegExp(`^${text}$`, 's'), places: parts.filter((_, index) => index % 2 === 1), korean };
}

/** Results as people read them in a language: titles, reasons, causes and remedies, as far as there is a translation; evidence never. */
export function inLanguage(results: Results, language: ReportLanguage = 'en'): Results {
  return language === 'en' ? results : { ...results, claims: results.claims.map(inKorean) };
}

function inKorean(claim: ClaimResult): ClaimResult {
  const { id, title, reason, cause } = claim;
  return {
    ...claim,
    title: koreanTitle(id, title),
    ...(reason !== undefined && { reason: koreanLines(reason) }),
    ...(cause && { cause: { ...cause, summary: koreanOf(cause.summary), remedy: koreanOf(cause.remedy) } }),
  };
}

/** The title of a claim; English where it is not the one that was translated. */
export function koreanTitle(id: string, title: string): string {
  const [english, korean] = titles[id] ?? [];
  return korean !== undefined && english === title ? korean : title;
}

/** A sentence of a diagnosis or of a run; English where none is translated that fits. What stands in its places may be sentences as well. */
export function koreanOf(text: string): string {
  for (const { english, places, korean } of sentences) {
    const match = english.exec(text);
    if (!match) continue;
    const values = new Map(places.map((place, index) => [place, valueOf(match[index + 1] ?? '')]));
    return withParticles(korean.replaceAll(/\{(\w+)\}/g, (whole, place: string) => values.get(place) ?? whole));
  }
  return phrases.get(text) ?? text;
}

/** The numbers whose names end in a consonant, and those of them that end in one after which 로 stays. */
const closedDigits = '013678';
const liquidDigits = '178';

/** Particles that depend on how the word before them ends, where that is to be known: of Hangul and numbers, not of Latin letters. */
function withParticles(text: string): string {
  return text.replaceAll(/([가-힣\d])(이\(가\)|을\(를\)|은\(는\)|와\(과\)|\(으\)로)/g, (_, last: string, both: string) => {
    const final = (last.charCodeAt(0) - 0xac00) % 28;
    const closed = /\d/.test(last) ? closedDigits.includes(last) : final !== 0;
    if (both === '(으)로') return last + (closed && !(/\d/.test(last) ? liquidDigits.includes(last) : final === 8) ? '으로' : '로');
    const [one = '', other = ''] = both === '와(과)' ? ['과', '와'] : both.slice(0, -1).split('(');
    return last + (closed ? one : other);
  });
}

/** A reason, line by line: what was expected, what came, and from where to where. */
export const koreanLines = (text: string): string => text.split('\n').map(koreanOf).join('\n');

function valueOf(text: string): string {
  const [, kind = '', rest = ''] = /^([a-z-]+)(: .*)$/s.exec(text) ?? [];
  const outcome = phrases.get(kind);
  return outcome === undefined ? koreanOf(text) : `${outcome}${rest}`;
}
