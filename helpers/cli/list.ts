import type { Claim } from '../../fixtures/claims/model';
import type { Inapplicable } from '../claim/applicability';
import { fitted, note, print } from '../base/output';
import { jsonText } from '../base/text';
import { selectClaims, type Selection } from '../run/selection';

export interface ListOptions extends Selection {
  engine?: string;
  json: boolean;
}

/** What an engine that was named says of the selected claims. */
interface Applicability {
  engine: string;
  inapplicable: Readonly<Record<string, Inapplicable>>;
}

/**
 * Shows the claims that `run` with the same options would select. Where an engine is named, it looks at that one for what
 * keeps some of them from being judged, as `run` does; otherwise it starts nothing.
 */
export async function listCommand(options: ListOptions): Promise<number> {
  const claims = selectClaims(options);
  const told = options.engine === undefined ? undefined : await applicabilityOn(options.engine, claims);
  print(options.json ? asJson(claims, told) : fitted(asText(claims, told)));
  return 0;
}

async function applicabilityOn(engine: string, claims: readonly Claim[]): Promise<Applicability> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what talks to engines is loaded where one is named
  const { openSession } = require('../run/open-session') as typeof import('../run/open-session');
  const session = await openSession({ claims, wishes: { engine }, progress: note });
  await session.end();
  return { engine: session.context.engine.id, inapplicable: session.context.inapplicable };
}

function asJson(claims: readonly Claim[], told: Applicability | undefined): string {
  const entries = claims.map((claim) => {
    const { id, area, section, level, title } = claim;
    const reason = told?.inapplicable[id];
    return { id, area, section, level, title, ...(reason && { verdict: reason.verdict, reason: reason.reason }) };
  });
  return jsonText({ ...(told && { engine: told.engine }), claims: entries });
}

function asText(claims: readonly Claim[], told: Applicability | undefined): string {
  const lines = [`${counted(claims.length)}${told ? `, for ${told.engine}` : ''}`];
  const inArea = new Map<string, number>();
  for (const { area } of claims) inArea.set(area, (inArea.get(area) ?? 0) + 1);
  let [areaBefore, sectionBefore] = ['', ''];
  for (const { id, area, section, level, title } of claims) {
    if (area !== areaBefore) lines.push('', `${area}: ${counted(inArea.get(area) ?? 0)}`);
    if (area !== areaBefore || section !== sectionBefore) lines.push(`  ${section}`);
    [areaBefore, sectionBefore] = [area, section];
    lines.push(`    ${id} (${level})`, `        ${title}`);
    const reason = told?.inapplicable[id];
    if (reason) lines.push(`        ${reason.verdict}: ${reason.reason}`);
  }
  return `${lines.join('\n')}\n`;
}

const counted = (count: number) => `${count} ${count === 1 ? 'claim' : 'claims'}`;
