import { describe, expect, it } from '@jest/globals';
import { validate, type CTRFReport } from 'ctrf';
import { ctrfReport } from './ctrf';
import { conformingResults, sampleResults } from '../../results/sample-results';

const report = ctrfReport(sampleResults());
const [first] = sampleResults().claims;
const { tests, summary, environment } = report.results;
const test = (id: string) => tests.find(({ extra }) => extra.id === id);

describe('ctrfReport', () => {
  it.each<[string, CTRFReport]>([
    ['a run in which every verdict occurs', report],
    ['a run in which all is well', ctrfReport(conformingResults())],
    ['a run without claims', ctrfReport(sampleResults({ claims: [], notes: [] }))],
    [
      'times that are no whole milliseconds',
      ctrfReport(sampleResults({ durationMs: 12.5, claims: first ? [{ ...first, durationMs: 0.4 }] : [] })),
    ],
  ])('is what the published schema asks for: %s', (_, it) => {
    expect(validate(JSON.parse(JSON.stringify(it)))).toEqual({ valid: true, errors: [] });
  });

  it('says every verdict by a status, and keeps it beside', () => {
    const pairs = tests.map(({ rawStatus, status }) => `${rawStatus} ${status}`);
    expect([...new Set(pairs)].sort()).toEqual([
      'blocked other',
      'conforms passed',
      'deviates failed',
      'error failed',
      'not-applicable skipped',
    ]);
    expect(summary).toMatchObject({ tests: 10, passed: 2, failed: 3, skipped: 4, pending: 0, other: 1, flaky: 1, suites: 5 });
    expect(summary.extra).toEqual({ conforms: 2, deviates: 2, waived: 0, 'not-applicable': 4, blocked: 1, error: 1, exitStatus: 3 });
  });

  it('tells when the run was', () => {
    expect(summary).toMatchObject({ start: Date.parse('2026-01-02T03:04:05.678Z'), duration: 3240 });
    expect(report.timestamp).toBe('2026-01-02T03:04:08.918Z');
  });

  it('has the reason, without control characters, where the claim is in the catalogue, and what to look into', () => {
    expect(test('host.port-80')).toMatchObject({
      name: 'host.port-80',
      message: 'port 80 of the host is in use by another process',
      suite: ['document', 'host'],
      filePath: 'specs/document/host.spec.ts',
      tags: ['document', 'host', 'observed'],
      extra: { title: 'nginx on the host network is seen on port 80 of the host', level: 'observed', area: 'document', section: 'host' },
    });
    const deviating = test('bridge.default.no-name-resolution');
    expect(deviating?.extra).toMatchObject({ cause: { code: 'dns.embedded-on-default-bridge' }, evidence: { length: 4 } });
    expect(test('bridge.default.peers-reach-each-other')).not.toHaveProperty('extra.evidence');
    // eslint-disable-next-line no-control-regex
    expect(tests.map(({ message }) => message).join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('shows a pass after a retry as flaky', () => {
    expect(tests.filter(({ flaky }) => flaky).map(({ extra, retries }) => [extra.id, retries])).toEqual([
      ['bridge.user.peers-reach-by-name', 1],
    ]);
  });

  it('describes the engine, and is healthy when the run ends with 0', () => {
    expect(environment).toMatchObject({
      appName: 'Docker Engine',
      appVersion: '28.5.2',
      osRelease: '6.12.9',
      healthy: false,
      extra: { engine: { id: 'docker-28.5.2' } },
    });
    expect(ctrfReport(conformingResults()).results.environment.healthy).toBe(true);
    const { host } = conformingResults();
    expect(
      ctrfReport(sampleResults({ claims: conformingResults().claims, host: { ...host, leftovers: ['a link'] } })).results.environment
        .healthy,
    ).toBe(false);
  });
});
