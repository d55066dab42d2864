import type { Claim } from '../../fixtures/claims/model';
import { fitted, print } from '../base/output';
import type { ReportLanguage } from '../report/languages';
import { inLanguage, koreanTitle } from '../report/translation';
import { placeInWords } from '../results/place';
import { lastRun } from '../run/last-run';
import { selectClaim, specFile } from '../run/selection';

export interface ExplainOptions {
  /** results file */
  json: string;
  lang: ReportLanguage;
}

/** Shows everything that is known of one claim: what the catalogue says, and the verdict and evidence of the last run. */
export function explainCommand(id: string, { json, lang }: ExplainOptions): number {
  const claim = selectClaim(id);
  const rows: [string, string][] = [
    ['claim', claim.id],
    ['says', lang === 'ko' ? koreanTitle(claim.id, claim.title) : claim.title],
    ['level', claim.level],
    ['from', claim.sources.map((source) => ('document' in source ? `the document, ${source.document}` : source.docs)).join('; ')],
    ['observed', claim.observedBy],
    ...(claim.backend ? ([['backend', claim.backend]] as [string, string][]) : []),
    ...(claim.since ? ([['since', `${claim.since.version} (${claim.since.source})`]] as [string, string][]) : []),
    ...(claim.until ? ([['until', `${claim.until.version} (${claim.until.source})`]] as [string, string][]) : []),
    ...(claim.requires ? ([['requires', claim.requires.join(', ')]] as [string, string][]) : []),
    ['spec', specFile(claim)],
    ['run it', `npm test -- --claim ${claim.id}`],
    ...lastVerdict(claim, json, lang),
  ];
  const text = rows.map(([name, it]) => `${name.padEnd(10)}${it.replaceAll('\n', `\n${' '.repeat(10)}`)}`).join('\n');
  print(fitted(`${text}\n`));
  return 0;
}

function lastVerdict({ id }: Claim, json: string, lang: ReportLanguage): [string, string][] {
  const kept = lastRun(json);
  const results = kept && inLanguage(kept, lang);
  if (!results) return [['last run', `none: there is no ${json}`]];
  const result = results.claims.find((it) => it.id === id);
  if (!result) return [['last run', `${results.startedAt} on ${results.engine.id} did not include it`]];
  return [
    ['last run', `${results.startedAt} on ${results.engine.id}: ${result.verdict}${result.reason ? `, ${result.reason}` : ''}`],
    ...(result.cause
      ? ([
          ['cause', `${result.cause.summary} (${result.cause.code})`],
          ['remedy', result.cause.remedy],
        ] as [string, string][])
      : []),
    ...result.evidence.map((step): [string, string] => [
      `${step.atMs} ms`,
      `${placeInWords(step)}: ${step.what}\n-> ${step.answer.trim()}`,
    ]),
  ];
}
