import { exitStatus, UserError } from '../base/user-error';
import type { Asker } from './asker';
import { Declared } from './declared';
import { loadSpecs, specsIn } from './load-specs';
import { offer } from './network';

/**
 * Everything that the specs of a folder, or one spec, declare.
 * @param prefix of the names of compose projects
 * @param asker the engine, once it is there; undefined before
 * @throws UserError where there is no spec, one cannot be loaded, or they declare nothing
 */
export async function declareSpecs(place: string, prefix: string, asker: () => Asker | undefined): Promise<Declared> {
  const specs = specsIn(place);
  const declared = new Declared(specs.folder, prefix);
  offer(declared, () => {
    const found = asker();
    if (!found) throw new Error('Something is asked before there is an engine. Ask in the check of a claim.');
    return found;
  });
  await loadSpecs(specs, (file) => declared.loading(file));
  if (declared.claims.length === 0)
    throw new UserError(`The specs in ${place} declare no claim.`, 'Call claim({ id, title, check }) in them.', exitStatus.usage);
  return declared;
}

/** What a person is told who named none of the claims that there are. */
export function someOf(claims: Declared['claims']): string {
  const ids = claims.slice(0, 5).map(({ id }) => id);
  return `The specs have ${ids.join(', ')}${claims.length > ids.length ? ', …' : ''}.`;
}
