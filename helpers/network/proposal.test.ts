import { describe, expect, it } from '@jest/globals';
import { member } from '../trace/sample-facts';
import { drawMatrix } from './matrix';
import { proposal } from './proposal';
import type { Party, Reachability, ReachedPort } from './who-reaches-whom';

function party(name: string, ports: number[], changes: Partial<Party> = {}): Party {
  const open = ports.map((port) => ({ port, transport: 'tcp' as const }));
  return { name, project: 'shop', service: name, members: [member(name)], ports: open, ...changes };
}

const reachedPort = (port: number, changes: Partial<ReachedPort> = {}): ReachedPort => ({
  port,
  transport: 'tcp',
  around: undefined,
  answers: true,
  ...changes,
});

const [web, api, db, odd] = [party('web', [80]), party('api', [3000]), party('db', [5432]), party('jobs-2', [8000])];
const ways = new Map<string, ReachedPort[]>([
  ['web api', [reachedPort(3000)]],
  ['api web', [reachedPort(80)]],
  ['api db', [reachedPort(5432)]],
  ['api jobs-2', [reachedPort(8000, { around: 'port 18000 of the host leads there' })]],
]);
const seen: Reachability = { parties: [api, db, odd, web], reached: (from, to) => ways.get(`${from.name} ${to.name}`) ?? [] };

describe('who reaches whom', () => {
  it('must be drawn', () => {
    expect(drawMatrix(seen)).toBe(`\
        api   db    jobs-2  web
api     -     5432  8000*   80
db      ·     -     ·       ·
jobs-2  ·     ·     -       ·
web     3000  ·     ·       -

Row asks column: the ports that it reaches; · none of those that are open there.
* although they share no network: by a port of the host, or because the host forwards.`);
  });
});

describe('a proposal', () => {
  const text = proposal(seen, '2026-12-01');

  it('must say who reaches whom, who is kept apart, and what is open', () => {
    expect(text).toContain("const shop = project('shop');\nconst api = shop.service('api');");
    expect(text).toContain("const jobs2 = shop.service('jobs-2');");
    expect(text).toContain(`claim({
  id: 'shop.web-reaches-api-on-3000',
  title: 'web must reach api on port 3000',
  check: () => reach(web, api, 3000),
});`);
    expect(text).toContain(`claim({
  id: 'shop.web-is-kept-from-db-on-5432',
  title: 'web must not reach db on port 5432',
  check: () => mustNotReach(web, db, { port: 5432, control: api }),
});`);
    expect(text).toContain("title: 'web must be open on 80/tcp, and on nothing else'");
    expect(text).toContain("import { claim, expect, mustNotReach, openPorts, project, reach } from 'docker-network-conformance';");
  });

  it('must only remark on what goes around the networks, and on what has no control', () => {
    expect(text).toContain(
      '// api reaches jobs-2 on port 8000, and they share no network: port 18000 of the host leads there. Is that meant?',
    );
    expect(text).toContain('// web does not reach jobs-2 on port 8000, and nobody else does, who could be the control.');
  });

  it('must name each claim once', () => {
    const ids = [...text.matchAll(/^ {2}id: '(.*)',$/gm)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('must stay a program, whatever services are called', () => {
    const hostile = ['*/ nothing(); /*', "'); nothing('", 'class', '2nd', 'web', 'a\nnothing()\n'].map((name) =>
      party(name, [80], { members: [member('x')] }),
    );
    const written = proposal({ parties: hostile, reached: () => [reachedPort(80)] }, '2026-12-01');
    const body = written.replace(/^import .*$/m, '');
    const called: string[] = [];
    const call = (name: string) => (): unknown => {
      called.push(name);
      return { service: () => ({}) };
    };
    const names = ['claim', 'container', 'expect', 'mustNotReach', 'openPorts', 'project', 'reach', 'nothing'];
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that it can be run, and what it runs, is the question
    (new Function(...names, body) as (...given: unknown[]) => void)(...names.map(call));
    expect(called.filter((it) => it !== 'claim' && it !== 'project')).toEqual([]);
    expect(called).toContain('claim');
  });
});
