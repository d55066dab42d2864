import { languages, type Language } from '../report-data';
import { noFilters, type Filters } from './filter';
import { states } from './state';

/** What the page shows: everything that a link to it must say. */
export interface Route {
  view: 'matrix' | 'claim' | 'topologies';
  /** id of the claim of the view `claim` */
  claim?: string | undefined;
  /** label of the column that claim and topologies begin with */
  engine?: string | undefined;
  /** absent: what the reader last chose, or what the browser asks for */
  language?: Language | undefined;
  filters: Filters;
}

/** A route as the hash of an address, e.g. `#/claim/bridge.default.peers?verdict=deviates`. */
export function formatRoute({ view, claim, engine, language, filters }: Route): string {
  const path = { matrix: '#/', claim: `#/claim/${encodeURIComponent(claim ?? '')}`, topologies: '#/topologies' }[view];
  const { area, levels, states: verdicts, engines, text, differ } = filters;
  const pairs: [string, string][] = [
    ...(area ? [['area', area] as [string, string]] : []),
    ...levels.map((it): [string, string] => ['level', it]),
    ...verdicts.map((it): [string, string] => ['verdict', it]),
    ...engines.map((it): [string, string] => ['engines', it]),
    ...(text ? [['q', text] as [string, string]] : []),
    ...(differ ? [['differ', '1'] as [string, string]] : []),
    ...(engine ? [['engine', engine] as [string, string]] : []),
    ...(language ? [['lang', language] as [string, string]] : []),
  ];
  const query = new URLSearchParams(pairs).toString();
  return query ? `${path}?${query}` : path;
}

/** The route that a hash names; what is unknown in it is overlooked, and a hash that is no route is the matrix. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const asked = new URLSearchParams(query);
  const filters: Filters = {
    ...noFilters,
    area: asked.get('area') ?? '',
    levels: asked.getAll('level'),
    states: states.filter((it) => asked.getAll('verdict').includes(it)),
    engines: asked.getAll('engines'),
    text: asked.get('q') ?? '',
    differ: asked.get('differ') === '1',
  };
  const common = { filters, engine: asked.get('engine') ?? undefined, language: languageOf(asked.get('lang')) };
  if (path === 'topologies') return { view: 'topologies', ...common };
  const claim = /^claim\/(.+)$/.exec(path)?.[1];
  return claim === undefined ? { view: 'matrix', ...common } : { view: 'claim', claim: decoded(claim), ...common };
}

/** The language of the page that a tag such as `ko-KR` asks for. */
export function languageOf(tag: string | null | undefined): Language | undefined {
  const [wanted] = (tag ?? '').toLowerCase().split('-');
  return languages.find((it) => it === wanted);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
