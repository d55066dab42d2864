import type { ClaimResult } from './results';

type Step = ClaimResult['evidence'][number];

/** Steps of every kind of place, as runs recorded them, with what each is called. */
export const recordedPlaces: [Pick<Step, 'kind' | 'where' | 'what'>, string][] = [
  [{ kind: 'api', where: 'engine', what: 'GET /info' }, 'engine API'],
  [{ kind: 'host', where: 'host', what: 'curl http://localhost/' }, 'host'],
  // the host of an engine elsewhere is seen through a helper container
  [{ kind: 'exec', where: 'host', what: 'ip -j address' }, 'host'],
  [{ kind: 'exec', where: 'nginx01', what: 'curl http://172.17.0.3/' }, 'container nginx01'],
  // in host mode it is a container all the same
  [{ kind: 'exec', where: 'at-host', what: 'ss -lnt' }, 'container at-host'],
  // a cause: the namespace of a container, entered from the host
  [{ kind: 'host', where: 'nginx02', what: 'routes' }, 'container nginx02'],
  [{ kind: 'host', where: 'engine', what: 'state of nginx02' }, 'engine API'],
  [{ kind: 'cli', where: 'docker', what: 'docker network ls' }, 'docker client'],
  [{ kind: 'note', where: 'suite', what: 'topology bridge-pair' }, 'suite'],
  [{ kind: 'note', where: 'asking', what: 'the answer to A example over udp' }, 'container asking'],
];

/** The same as evidence of a claim. */
export const evidenceFromEverywhere = recordedPlaces.map(([step], index): Step => ({
  atMs: index,
  durationMs: 1,
  answer: 'seen',
  ...step,
}));
