import { schemaVersion, type ClaimResult, type Results } from './results';
import { summarize } from './verdict-summary';

type Evidence = ClaimResult['evidence'][number];

/** Everything that breaks a report that forgets to escape: markup, CDATA's end, NUL, colours, wide characters, pipes. */
export const nasty = `<script>alert("x")</script> & ' ]]> \u0000\u0007\u001b[31mred\u001b[0m 😀 한국어 a|b \`c\` ::error::d`;

const step = (what: string, answer: string, more: Partial<Evidence> = {}): Evidence => ({
  atMs: 12,
  durationMs: 8,
  kind: 'exec',
  where: 'nginx01',
  what,
  answer,
  ...more,
});

const claim = (id: string, section: string, more: Partial<ClaimResult> = {}): ClaimResult => ({
  id,
  area: 'document',
  section,
  level: 'must',
  title: `${id} must hold`,
  sources: [{ document: 'lines 60-66' }],
  verdict: 'conforms',
  durationMs: 120,
  attempts: 1,
  evidence: [step('curl http://172.17.0.3/', '200, token 5f1c of nginx02')],
  ...more,
});

const noSwarm = 'this engine has no overlay driver';
const info = step('GET /info', '{"Plugins":{"Network":["bridge","host","null"]}}', { kind: 'api', where: 'engine', atMs: 0 });

const claims: ClaimResult[] = [
  claim('bridge.default.peers-reach-each-other', 'default-bridge', {
    title: 'two containers on the default bridge must reach each other by address',
  }),
  claim('bridge.default.no-name-resolution', 'default-bridge', {
    title: 'a container on the default bridge must not resolve the name of another',
    verdict: 'deviates',
    reason: 'expected: name-unknown\nactual:   reached(nginx02, 200)\n\n    at specs/document/default-bridge.spec.ts:31:5',
    durationMs: 1432,
    evidence: [
      step('POST /containers/create', '201', { kind: 'api', where: 'engine', atMs: 0 }),
      step('cat /etc/resolv.conf', 'nameserver 127.0.0.11\noptions ndots:0', { atMs: 40 }),
      step('getent hosts nginx02', '172.17.0.3  nginx02', { atMs: 60 }),
      step('curl http://nginx02/', '200, token 5f1c of nginx02', { atMs: 90 }),
    ],
    cause: {
      code: 'dns.embedded-on-default-bridge',
      summary: 'the embedded DNS server answers on the default bridge',
      evidence: [step('ss -lun', '127.0.0.11:53', { kind: 'host', where: 'host' })],
      remedy: 'start the engine without a DNS plug-in on the default bridge',
    },
  }),
  claim('bridge.user.peers-reach-by-name', 'user-defined-bridge', {
    title: 'two containers on one user-defined bridge must reach each other by name',
    attempts: 2,
    durationMs: 2210,
  }),
  claim('bridge.user.isolated-from-default', 'user-defined-bridge', {
    title: `사용자 정의 브리지 must be isolated 😀 from the default bridge | ${nasty}`,
    verdict: 'deviates',
    reason: `${nasty}\n::error title=forged::not ours\n${'a very long reason without end '.repeat(2000)}`,
    evidence: [step(`sh -c '${nasty}'`, nasty), step('curl http://172.18.0.2/', '```\n| not | a table |\n```')],
  }),
  claim('overlay.created-by-api', 'overlay', {
    area: 'drivers',
    verdict: 'not-applicable',
    reason: noSwarm,
    attempts: 0,
    evidence: [info],
  }),
  claim('overlay.peers-reach-by-name', 'overlay', {
    area: 'drivers',
    verdict: 'not-applicable',
    reason: noSwarm,
    attempts: 0,
    evidence: [info],
  }),
  claim('overlay.encrypted', 'overlay', { area: 'drivers', verdict: 'not-applicable', reason: noSwarm, attempts: 0, evidence: [info] }),
  claim('macvlan.parent', 'macvlan', { area: 'drivers', verdict: 'not-applicable', reason: 'the kernel has no macvlan', evidence: [info] }),
  claim('host.port-80', 'host', {
    level: 'observed',
    title: 'nginx on the host network is seen on port 80 of the host',
    verdict: 'blocked',
    reason: 'port 80 of the host is in use by another process',
    evidence: [],
    attempts: 0,
  }),
  claim('host.no-own-namespace', 'host', {
    verdict: 'error',
    reason: 'probe-broken: the image has no "ip" | exit status 127',
    evidence: [step('ip -j link', 'sh: ip: not found')],
  }),
];

/** A run in which every verdict occurs. Every call gives a copy of its own. */
export function sampleResults(changes: Partial<Results> = {}): Results {
  const results: Omit<Results, 'summary'> = {
    schemaVersion,
    suite: { name: 'docker-network-conformance', version: '0.1.0', runId: 'k3v9q2' },
    engine: {
      id: 'docker-28.5.2',
      kind: 'docker',
      name: 'Docker Engine',
      version: '28.5.2',
      apiVersion: '1.51',
      kernel: '6.12.9',
      firewallBackend: 'iptables',
      rootless: false,
      reachedBy: 'a lab in private namespaces; the host is seen from inside the lab',
      image: 'nginx:1.29 (built from the packages of the host)',
    },
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 3240,
    notes: ['the operator configured 10.200.0.0/16 for the default bridge'],
    claims: structuredClone(claims),
    topologies: [],
    host: {
      before: { containers: 0, networks: 3, volumes: 0, links: 2, firewallRules: 31 },
      after: { containers: 0, networks: 3, volumes: 0, links: 2, firewallRules: null },
      leftovers: [],
    },
    ...changes,
  };
  return {
    ...results,
    summary: summarize(results.claims, {
      leftovers: results.host.leftovers,
      strict: false,
      interrupted: results.interrupted ?? false,
      baseline: results.baseline !== undefined,
    }),
    ...changes,
  };
}

/** The same run, with only those claims that conform. */
export function conformingResults(): Results {
  return sampleResults({ claims: sampleResults().claims.filter(({ verdict }) => verdict === 'conforms') });
}
