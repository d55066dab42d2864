import { profiles, type Profile } from '../../fixtures/profiles';
import { counted, oneLine, shellWord } from '../base/text';
import type { ClaimResult, Results } from './results';

/** What a run lets somebody say of its engine. */
export type Statement = NonNullable<Results['statements']>[number];

type Said = Pick<Results, 'claims' | 'engine' | 'suite' | 'again' | 'shard' | 'interrupted' | 'host'>;

/**
 * A sentence for each profile of which every claim is among the results: that the engine conforms to it, which needs that
 * no claim deviates without a waiver and all that apply were judged, that it does not, or that it cannot be said. A run that
 * was interrupted or left something behind, or a shard, is no ground for a sentence.
 */
export function statementsOf(results: Said): Statement[] {
  if (results.interrupted || results.shard || results.host.leftovers.length > 0) return [];
  const byId = new Map(results.claims.map((claim) => [claim.id, claim]));
  return profiles.flatMap((profile) => {
    const claims = profile.claims.flatMap((id) => byId.get(id) ?? []);
    return claims.length === profile.claims.length ? (stated(profile, claims, results) ?? []) : [];
  });
}

/** The results, with what they let somebody say, whatever they said before. */
export function withStatements(results: Results): Results {
  const statements = statementsOf(results);
  const said: Results = { ...results };
  delete said.statements;
  return statements.length > 0 ? { ...said, statements } : said;
}

function stated({ id, version }: Profile, claims: readonly ClaimResult[], results: Said): Statement | undefined {
  const having = (fits: (claim: ClaimResult) => boolean) => claims.filter(fits).length;
  if (having(({ verdict }) => verdict === 'not-applicable') === claims.length) return undefined;
  const unjudged = having(({ verdict }) => verdict === 'blocked' || verdict === 'error');
  const waivers = having(({ waiver }) => waiver?.state === 'applies');
  const deviations = having(({ verdict }) => verdict === 'deviates') - waivers;
  const name = oneLine(`${results.engine.name} ${results.engine.version}`);
  return {
    profile: id,
    version,
    conforms: deviations + unjudged === 0,
    waivers,
    deviations,
    unjudged,
    text:
      deviations + unjudged === 0
        ? `${name} conforms to ${id} ${version}${waivers > 0 ? `, with ${counted(waivers, 'waiver')}` : ''}`
        : deviations === 0
          ? `It cannot be said whether ${name} conforms to ${id} ${version}: ${counted(unjudged, 'claim')} could not be judged`
          : `${name} does not conform to ${id} ${version}: ${counted(deviations, 'deviation')}`,
    command: commandOf(results, id),
  };
}

/** What judges the same again. */
function commandOf({ suite, again }: Said, profile: string): string {
  const variables = (again?.variables ?? []).map(({ name, value }) => `${name}=${shellWord(oneLine(value))} `).join('');
  const options = (again?.options ?? []).map((it) => ` ${shellWord(oneLine(it))}`).join('');
  return `${variables}npx ${suite.name}@${suite.version} run${options} --profile ${profile}`;
}
