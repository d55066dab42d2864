/** What decides where a step of evidence was taken; the page, which knows no schema, reads this too. */
interface Step {
  kind: 'api' | 'exec' | 'host' | 'cli' | 'note';
  where: string;
}

/** Kinds of places at which a step of evidence was taken. */
export type PlaceKind = 'host' | 'container' | 'engine' | 'client' | 'suite';

/** Where a step was taken. */
export interface Place {
  kind: PlaceKind;
  /** what tells it from others of its kind: a container's name; empty where there is but one */
  name: string;
}

/** What results call a place of which there is but one. */
const only: Record<string, PlaceKind> = { host: 'host', engine: 'engine', suite: 'suite' };

const byKind: Record<Step['kind'], PlaceKind> = { api: 'engine', cli: 'client', exec: 'container', host: 'container', note: 'container' };

/**
 * Where a step was taken. Its name decides: a host that is seen through a helper container is the host, and a namespace
 * of a container that is looked at from the host is the container's.
 */
export function placeOf({ kind, where }: Step): Place {
  const single = only[where];
  if (single) return { kind: single, name: '' };
  const place = byKind[kind];
  return { kind: place, name: place === 'client' ? '' : where };
}

const words: Record<PlaceKind, string> = {
  host: 'host',
  container: 'container',
  engine: 'engine API',
  client: 'docker client',
  suite: 'suite',
};

/** The place of a step in words: `host`, `container nginx01`, `engine API`, `docker client`, `suite`. */
export function placeInWords(step: Step): string {
  const { kind, name } = placeOf(step);
  return `${words[kind]} ${name}`.trim();
}
