import { profiles } from '../../../fixtures/profiles';
import { exitStatus } from '../../base/user-error';
import { countsOf } from './summary';
import type { Results } from '../../results/results';
import { exitMeaning } from '../../results/verdict-summary';
import { writeFileAtomically } from '../../base/write-file';

/** What shields.io reads from an endpoint, see https://shields.io/badges/endpoint-badge. */
export interface Badge {
  schemaVersion: 1;
  /** left */
  label: string;
  /** right; must not be empty */
  message: string;
  color: string;
}

/** By exit status, so that the badge is green exactly when the run is. */
const colors: Record<number, string> = {
  [exitStatus.conforms]: 'brightgreen',
  [exitStatus.deviates]: 'red',
  [exitStatus.usage]: 'lightgrey',
  [exitStatus.failed]: 'orange',
  [exitStatus.tooLittle]: 'yellow',
};

/** The results as a badge: the engine, and how many claims conform to and deviate from what is promised. */
export function badge(results: Results): Badge {
  const { engine, summary } = results;
  return { schemaVersion: 1, label: engine.id, message: messageOf(results), color: colors[summary.exitStatus] ?? 'orange' };
}

/** Writes {@link badge}. */
export function writeBadge(path: string, results: Results): void {
  writeFileAtomically(path, `${JSON.stringify(badge(results))}\n`);
}

/** What is said of a profile, where a run judged its claims and no others. */
function onlyProfile({ statements = [], claims, summary }: Results): string | undefined {
  const [only] = statements;
  const size = profiles.find(({ id }) => id === only?.profile)?.claims.length;
  if (!only || (!only.conforms && only.deviations === 0) || size !== claims.length || summary.exitStatus > exitStatus.deviates)
    return undefined;
  const of = `${only.profile} ${only.version}`;
  return only.conforms ? `conforms to ${of}${only.waivers > 0 ? `, ${only.waivers} waived` : ''}` : `does not conform to ${of}`;
}

function messageOf(results: Results): string {
  if (results.claims.length === 0) return exitMeaning(results) ?? 'no claims';
  const profile = onlyProfile(results);
  if (profile) return profile;
  // what is rightly not run is no news, and nothing else is left out
  const shown = countsOf(results).filter(
    ({ verdict, count }) => verdict === 'conforms' || verdict === 'deviates' || (verdict !== 'not-applicable' && count > 0),
  );
  const leftovers = results.host.leftovers.length;
  return [
    ...shown.map(({ words }) => words),
    ...(leftovers > 0 ? [`${String(leftovers)} left behind`] : []),
    ...(results.interrupted ? ['interrupted'] : []),
  ].join(', ');
}
