import type { Claim } from '../../fixtures/claims/model';
import type { Inapplicable } from '../claim/applicability';
import { fitted, note, print } from '../base/output';
import { jsonText } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { selectAmong, selectClaims, type Selection } from '../run/selection';

export interface ListOptions extends Selection {
  engine?: string;
  json: boolean;
  /** folder of a user's own specs, which are listed in place of the suite's */
  specs?: string;
}

/** What is told of a claim. */
type Listed = Pick<Claim, 'area' | 'section' | 'level' | 'title'> & { id: string };

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
  if (options.specs !== undefined) {
    const own = await ofSpecs(options.specs, options);
    print(options.json ? asJson(own, undefined) : fitted(asText(own, undefined)));
    return 0;
  }
  const claims = selectClaims(options);
  const told = options.engine === undefined ? undefined : await applicabilityOn(options.engine, claims);
  print(options.json ? asJson(claims, told) : fitted(asText(claims, told)));
  return 0;
}

/** The claims of a user's own specs. */
async function ofSpecs(place: string, options: ListOptions): Promise<Listed[]> {
  for (const option of ['engine', 'profile'] as const)
    if (options[option] !== undefined)
      throw new UserError(
        `--${option} does not go with --specs.`,
        'Leave it out: the claims of your specs are for whatever engine they are judged on.',
        exitStatus.usage,
      );
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what asks engines is loaded where specs are named
  const { declareSpecs, someOf } = require('../network/declare-specs') as typeof import('../network/declare-specs');
  const { claims } = await declareSpecs(place, 'dnc', () => undefined);
  return selectAmong(claims, options, someOf(claims));
}

async function applicabilityOn(engine: string, claims: readonly Claim[]): Promise<Applicability> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what talks to engines is loaded where one is named
  const { openSession } = require('../run/open-session') as typeof import('../run/open-session');
  const session = await openSession({ claims, wishes: { engine }, progress: note });
  await session.end();
  return { engine: session.context.engine.id, inapplicable: session.context.inapplicable };
}

function asJson(claims: readonly Listed[], told: Applicability | undefined): string {
  const entries = claims.map((claim) => {
    const { id, area, section, level, title } = claim;
    const reason = told?.inapplicable[id];
    return { id, area, section, level, title, ...(reason && { verdict: reason.verdict, reason: reason.reason }) };
  });
  return jsonText({ ...(told && { engine: told.engine }), claims: entries });
}

function asText(claims: readonly Listed[], told: Applicability | undefined): string {
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
