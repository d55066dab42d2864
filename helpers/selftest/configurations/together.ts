import { configurations, pairs, type Configuration } from '../../../fixtures/configurations';

/**
 * Some of the configurations as one: what each sets, and what each does before and after the start.
 * @param ids of which the first one's fault is planted
 * @throws where there is no such configuration
 */
export function together(ids: readonly string[]): Configuration {
  const parts = ids.map((id) => {
    const found = configurations.find((it) => it.id === id);
    if (!found) throw new Error(`There is no configuration ${id}; there are: ${configurations.map((it) => it.id).join(', ')}.`);
    return found;
  });
  const [first] = parts;
  if (!first) throw new Error('No configuration is named.');
  const scripts = (when: 'before' | 'after') => parts.flatMap((part) => part[when] ?? []).join('\n');
  const named = parts.flatMap((part) => part.named?.source ?? []);
  return {
    id: ids.join('+'),
    title: parts.map(({ title }) => title).join(', and '),
    daemonJson: merged(parts.map(({ daemonJson = {} }) => daemonJson)),
    files: Object.assign({}, ...parts.map(({ files = {} }) => files)) as Record<string, string>,
    ...(scripts('before') !== '' && { before: scripts('before') }),
    ...(scripts('after') !== '' && { after: scripts('after') }),
    ...(named.length > 0 && { named: new RegExp(named.join('|')) }),
    fault: first.fault,
  };
}

/** The contents of several objects, of those below them, too; of two values the later one counts. */
function merged(objects: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const whole: Record<string, unknown> = {};
  for (const [key, value] of objects.flatMap((it) => Object.entries(it))) {
    const before = whole[key];
    whole[key] = isObject(before) && isObject(value) ? merged([before, value]) : value;
  }
  return whole;
}

/** The configurations, and those pairs of them of which each half can change what the other does. */
export const allConfigurations: readonly Configuration[] = [...configurations, ...pairs.map(together)];
