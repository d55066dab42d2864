import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Results } from '../results/results';
import { sampleResults } from '../results/sample-results';

/** What must never leave: sequences of a terminal, C1, marks of direction and without width, a lone surrogate, commands of CI systems. */
export const poison =
  '\u001b[31m\u001b]0;title\u0007\u009b2J\u202eevil\u2066\u200b\u200f\ufeff\u0000\ud800\r\n::error::forged\n  ::add-mask::forged\n##[error]forged ##vso[task.setvariable]x\n</script><script>alert(1)</script>';

/** What no output may have from outside: characters that control, and lines that a CI system would execute; each with what stands before and behind it. */
export function forbiddenIn(text: string): string[] {
  const found = [...text.matchAll(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^[^\S\n]*::|##(?:\[|vso|teamcity)/gmu)];
  return found.map(({ index }) => JSON.stringify(text.slice(Math.max(index - 30, 0), index + 30)));
}

/** A file that somebody hands to the suite: content, or how it comes to be. */
export interface HostileFile {
  name: string;
  make: string | Buffer | ((file: string) => void);
  /** whether it is right all the same, and is read */
  good?: boolean;
}

/** Writes a hostile file. @returns its path */
export function written({ name, make }: HostileFile, folder: string, as = `${name.replace(/\W+/g, '-')}.json`): string {
  const file = path.join(folder, as);
  mkdirSync(path.dirname(file), { recursive: true });
  if (typeof make === 'function') make(file);
  else writeFileSync(file, make);
  return file;
}

/** Broken in ways that have nothing to do with what should be in it. */
const anyFile = (content: string): HostileFile[] => [
  { name: 'nothing', make: '' },
  { name: 'cut short', make: content.slice(0, Math.floor(content.length / 2)) },
  {
    name: 'huge',
    make: (file) => {
      writeFileSync(file, content);
      truncateSync(file, 65 * 1024 * 1024);
    },
  },
  { name: 'lists in lists', make: '['.repeat(2_000_000) },
  { name: 'closed lists in lists', make: `${'['.repeat(200_000)}${']'.repeat(200_000)}` },
  { name: 'a million values', make: `[${'0,'.repeat(5_000_000)}0]` },
  { name: 'a text without end', make: JSON.stringify('x'.repeat(2_000_000)) },
  { name: 'a number', make: '1e999' },
  { name: 'NaN', make: 'NaN' },
  { name: 'null', make: 'null' },
  { name: 'escape sequences', make: poison },
  { name: 'a secret in broken JSON', make: '{"auths":{"registry":{"auth":"c2VjcmV0"}},}' },
  { name: 'a prototype', make: '{"__proto__":{"schemaVersion":2,"claims":[]}}' },
  { name: 'keys of poison', make: JSON.stringify({ schemaVersion: 2, [poison]: 1 }) },
  { name: 'a folder', make: (file) => mkdirSync(file) },
  { name: 'a pipe', make: (file) => execFileSync('mkfifo', [file]) },
  { name: 'a device', make: (file) => symlinkSync('/dev/zero', file) },
  { name: 'a file that fails while it is read', make: (file) => symlinkSync('/proc/self/mem', file) },
  { name: 'a loop of links', make: (file) => symlinkSync(file, file) },
  { name: 'a link to nowhere', make: (file) => symlinkSync('/nowhere/at/all', file) },
  { name: 'UTF-16', make: Buffer.from(`\ufeff${content}`, 'utf16le') },
  { name: 'no UTF-8', make: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) },
  { name: 'NUL bytes', make: content.replaceAll('{', '{\u0000') },
];

/** The same value with every text, but for those that name or classify something, made of poison. */
function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string')
    return ['id', 'level', 'verdict', 'kind', 'state', 'expires', 'startedAt'].includes(key) ? value : `${value}${poison}`;
  if (Array.isArray(value)) return value.map((it) => poisoned(it, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, poisoned(it, name)]));
}

const [claim] = sampleResults().claims;
const waiver = { state: 'applies' as const, reason: 'known', link: 'javascript:alert(1)', expires: '2027-06-30', from: 'the suite' };
const withClaim = (change: object): Results => sampleResults({ claims: [{ ...claim, ...change } as Results['claims'][number]] });
const results = (name: string, change: object, good = false): HostileFile => ({ name, make: JSON.stringify(change), good });

/** Files that `diff`, `merge` and `explain` may be given. */
export const hostileResults: HostileFile[] = [
  ...anyFile(JSON.stringify(sampleResults())),
  results('a text as version', { ...sampleResults(), schemaVersion: '2' }),
  results('another version', { ...sampleResults(), schemaVersion: 1e9 }),
  results('no claims at all', { ...sampleResults(), claims: undefined }),
  results('a million claims', { ...sampleResults(), claims: Array<number>(1_000_000).fill(0) }),
  results('a claim twice', sampleResults({ claims: [...sampleResults().claims, ...sampleResults().claims] })),
  results('an id that leads elsewhere', withClaim({ id: '../../../etc/passwd' })),
  results('an engine that leads elsewhere', { ...sampleResults(), engine: { ...sampleResults().engine, id: '../evil' } }),
  results('an engine without end', { ...sampleResults(), engine: { ...sampleResults().engine, id: 'x'.repeat(5000) } }),
  results('a day that does not exist', withClaim({ waiver: { ...waiver, expires: '2027-02-30' } })),
  results('a moment that does not exist', { ...sampleResults(), startedAt: '2026-13-45T99:99:99Z' }),
  results('a duration without end', { ...sampleResults(), durationMs: 1e300 }),
  results('a duration below zero', withClaim({ durationMs: -1 })),
  results('a claim without verdict', withClaim({ verdict: 'maybe' })),
  results(
    'a claim with a prototype',
    JSON.parse(JSON.stringify(withClaim({})).replace('"area"', '"__proto__":{"verdict":"conforms"},"area"')) as object,
  ),
  results('more to draw than there is', {
    ...sampleResults(),
    topologies: Array<object>(1000).fill({ name: 'x', host: null, networks: [], containers: [] }),
  }),
  results('a failure without a reason', { schemaVersion: 2, suite: { name: 'x', version: 'x' }, failure: { engine: '../x', reason: '' } }),
  results('a suite of poison', sampleResults({ suite: { name: poison, version: poison, runId: poison } })),
  { name: 'a mark before it', make: `\ufeff${JSON.stringify(sampleResults())}`, good: true },
  results(
    'a summary that lies',
    { ...sampleResults(), summary: { conforms: 1e6, deviates: 0, waived: 0, 'not-applicable': 0, blocked: 0, error: 0, exitStatus: 0 } },
    true,
  ),
  results('poison in every text', { ...(poisoned(sampleResults()) as object), suite: sampleResults().suite }, true),
  results('a link to a script', withClaim({ verdict: 'deviates', reason: 'x', waiver }), true),
];

const accepted = { claim: 'bridge.default.peers-reach-each-other', reason: 'known', link: 'https://example.org/', expires: '2027-06-30' };

/** Files that `--waivers` may be given. */
export const hostileWaivers: HostileFile[] = [
  ...anyFile(JSON.stringify([accepted])),
  results('a list of nothing', [null]),
  results('an unknown key of poison', [{ ...accepted, [poison]: 1 }]),
  results('a claim of poison', [{ ...accepted, claim: poison }]),
  results('a link to a script in a waiver', [{ ...accepted, link: 'javascript:alert(1)' }]),
  results('a link to a file', [{ ...accepted, link: 'file:///etc/passwd' }]),
  results('a day in words', [{ ...accepted, expires: 'never' }]),
  results('no such day', [{ ...accepted, expires: '2027-02-30' }]),
  results('versions without end', [{ ...accepted, engine: { kind: 'docker', versions: '>=1 '.repeat(10_000) } }]),
  results('a day long ago', [{ ...accepted, expires: '1999-01-01' }], true),
];

/** Where the docker client keeps what it knows of a context. */
export function metaOf(name: string): string {
  return path.join('contexts', 'meta', createHash('sha256').update(name).digest('hex'), 'meta.json');
}

const endpoint = (docker: unknown): object => ({ Name: 'there', Metadata: {}, Endpoints: { docker } });

/** Files that stand in the place of a docker client's config.json. */
export const hostileConfigs: HostileFile[] = [
  ...anyFile('{"currentContext":"there"}').filter(
    ({ name }) => name !== 'nothing' && name !== 'a link to nowhere' && name !== 'a prototype' && name !== 'keys of poison',
  ),
  results('a context that is no text', { currentContext: { a: 1 } }),
  results('a context of poison', { currentContext: poison }),
  results('an address with a password as context', { currentContext: 'tcp://me:topsecret@engine:2375' }),
];

/** Files that stand in the place of a context's meta.json. */
export const hostileContexts: HostileFile[] = [
  ...anyFile(JSON.stringify(endpoint({ Host: 'unix:///var/run/docker.sock' }))),
  results('an address that is no text', endpoint({ Host: ['unix:///x'] })),
  results('a choice that is no choice', endpoint({ Host: 'tcp://engine:2376', SkipTLSVerify: 'yes' })),
  results('endpoints in a list', { Name: 'there', Endpoints: [] }),
  results('an address of poison', endpoint({ Host: `tcp://${poison}` })),
  results('an address with a password', endpoint({ Host: 'tcp://me:topsecret@engine:2375' })),
];
