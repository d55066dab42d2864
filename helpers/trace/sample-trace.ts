import type { TraceResults } from './results';

/** A trace that was not reached, for tests of what is made of it. */
export const sampleTrace: TraceResults = {
  traceVersion: 1,
  suite: { name: 'docker-network-conformance', version: '0.1.0' },
  engine: { id: 'docker-28.5.2', reachedBy: 'default socket, unix:///var/run/docker.sock; its host is this network namespace' },
  startedAt: '2026-12-01T05:00:00.000Z',
  durationMs: 900,
  asked: { from: 'shop-web-1', to: 'db:5432', transport: 'tcp' },
  reached: false,
  summary: 'the server in shop-db-1 listens on its loopback',
  hops: [
    { layer: 'source', where: 'shop-web-1', state: 'ok', seen: ['running'] },
    { layer: 'name', where: 'shop-web-1', state: 'ok', seen: ['asked 127.0.0.11', 'db A: 172.18.0.3'] },
    { layer: 'link', where: 'host', state: 'ok', seen: ['eth0 of shop-web-1 <-> vethaf4f3af, a port of br-1'] },
    { layer: 'rules', where: 'host', state: 'unknown', seen: ['not looked at'] },
    { layer: 'listener', where: 'shop-db-1', state: 'broken', seen: ['TCP port 5432: 127.0.0.1:5432, postgres (process 7)'] },
    { layer: 'answer', where: 'shop-web-1', state: 'after', seen: ['172.18.0.3: <refused>'] },
  ],
  attempts: [{ address: '172.18.0.3', whose: "shop-db-1's", ending: 'refused', says: 'connection refused', took: 3 }],
  cause: {
    code: 'target.loopback-only',
    layer: 'listener',
    summary: 'the server in shop-db-1 listens on its loopback',
    remedy: 'Let it listen on 0.0.0.0:5432',
    seen: [
      { where: 'shop-db-1', what: 'who listens there', answer: Array.from({ length: 9 }, (_, index) => `socket ${index}`).join('\n') },
    ],
  },
  notes: [],
};
