import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { conformingResults, sampleResults } from '../../results/sample-results';
import { terminalReport, type TerminalOptions } from './terminal';
import { displayWidth } from '../../base/text';

const options: TerminalOptions = { color: false, width: 100, files: ['reports/results.json'] };
const report = (changes: Partial<TerminalOptions> = {}, results = sampleResults()) => terminalReport(results, { ...options, ...changes });

describe('terminalReport', () => {
  it('names what was tested', () => {
    const head = report();
    expect(head).toContain('Docker Engine 28.5.2 (docker-28.5.2), API 1.51');
    expect(head).toContain('6.12.9, firewall backend: iptables');
    expect(head).toContain('a lab in private namespaces');
    expect(head).toContain('the operator configured 10.200.0.0/16');
  });

  it('has one line with a mark for every claim', () => {
    for (const [mark, count] of [
      ['✓', 2],
      ['✗', 2],
      ['–', 4],
      ['!', 1],
      ['?', 1],
    ] as const) {
      expect(
        report()
          .split('\n')
          .filter((line) => line.startsWith(`     ${mark} `)),
      ).toHaveLength(count);
    }
  });

  it('keeps the order of the catalogue', () => {
    const order = ['document', 'default-bridge', 'user-defined-bridge', 'host', 'drivers', 'overlay', 'macvlan'];
    expect(
      report()
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => order.includes(line)),
    ).toEqual(order);
  });

  it.each([80, 200])('shows every title whole in %i columns', (width) => {
    const title = 'Two containers on the default bridge must reach each other at their addresses, both ways, and so on';
    const [claim] = sampleResults().claims;
    const report = terminalReport(sampleResults({ claims: claim ? [{ ...claim, title }] : [] }), { color: false, width, files: [] });
    expect(report.replace(/\s+/g, ' ')).toContain(title);
  });

  it('shows why a claim deviates, what was seen last, and how to run it again', () => {
    const lines = report();
    expect(lines).toMatch(/│ expected: name-unknown\n +│ actual: +reached\(nginx02, 200\)/);
    expect(lines).toMatch(/cause +the embedded DNS server answers/);
    expect(lines).toMatch(/remedy +start the engine without/);
    expect(lines).toMatch(/seen +… 1 earlier\n/);
    expect(lines).not.toContain('POST /containers/create');
    expect(lines).toMatch(/ 90 ms container nginx01: curl http:\/\/nginx02\/\n +→ 200, token 5f1c/);
    expect(lines).toMatch(/again +npm test -- --claim bridge\.default\.no-name-resolution\n/);
  });

  it('tells a pass that was slow or took two attempts', () => {
    expect(report()).toMatch(/✓ two containers on one user-defined bridge .* \(2\.2 s, 2 attempts\)/);
  });

  it('tells a reason that many claims share only once', () => {
    const lines = report();
    expect(lines.match(/this engine has no overlay driver/g)).toHaveLength(1);
    expect(lines).toContain(' – 3 not applicable: this engine has no overlay driver');
    expect(lines).toMatch(/– macvlan\.parent must hold\n +│ the kernel has no macvlan/);
    expect(report({ verbose: true }).match(/this engine has no overlay driver/g)).toHaveLength(3);
  });

  it('tells what keeps many claims from being judged once, with them and with a remedy where one is known', () => {
    const sample = sampleResults();
    const [first] = sample.claims;
    const reason =
      'a container that the claim needs could not be started: the engine answered 500, crun: the controller pids is not available';
    const claims = Array.from({ length: 14 }, (_, index) => ({
      ...first,
      id: `some.claim-${index}`,
      verdict: 'blocked',
      reason,
      evidence: [],
      cause: { code: 'host.no-pids', summary: 'no pids', evidence: [], remedy: 'mount it' },
    })) as typeof sample.claims;
    const lines = report({}, { ...sample, claims }).replace(/\s+/g, ' ');
    expect(lines.match(/the controller pids is not available/g)).toHaveLength(1);
    expect(lines).toContain(`! 14 blocked: ${reason} remedy mount it some.claim-0, some.claim-1,`);
    expect(lines).toContain('some.claim-11, and 2 more');
  });

  it('shows the evidence of passes only when asked', () => {
    expect(report({}, conformingResults())).not.toContain('token 5f1c');
    expect(report({ verbose: true }, conformingResults())).toContain('token 5f1c');
    expect(report({ verbose: true })).toContain('POST /containers/create');
  });

  it('ends with the counts, the meaning of the status and the files', () => {
    expect(report().split('\n').slice(-6)).toEqual([
      '',
      ' 2 conform · 2 deviate · 4 not applicable · 1 blocked · 1 error, in 3.2 s',
      ' exit status 3: the suite itself failed on at least one claim; that says nothing about the engine',
      '',
      ' written reports/results.json',
      '',
    ]);
    expect(report({}, conformingResults())).not.toContain('exit status');
  });

  it('names what the run left behind', () => {
    const { host } = sampleResults();
    expect(report({}, sampleResults({ host: { ...host, leftovers: ['network k3v9q2-a'] } }))).toMatch(/left behind:\n +│ network k3v9q2-a/);
  });

  it('shortens a reason without end, and is quick about it', () => {
    const [first] = sampleResults().claims;
    if (!first) throw new Error('the sample has claims');
    const results = sampleResults({ claims: [{ ...first, verdict: 'deviates', reason: '한국어 words '.repeat(100_000) }] });
    const startedAt = performance.now();
    const lines = report({}, results);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(lines).toMatch(/│ … \(more in the results file\)\n/);
    expect(lines.length).toBeLessThan(3000);
  });

  it.each([40, 60, 80, 200])('stays within %d columns, except for commands to copy', (width) => {
    const tooWide = report({ width, files: [] })
      .split('\n')
      .filter((line) => displayWidth(line) > width);
    expect(tooWide.filter((line) => !/^ +again | conform · |^ exit status/.test(line))).toEqual([]);
  });

  it('lets no colour and no workflow command of a container through', () => {
    for (const line of `${report()}${report({ verbose: true })}`.split('\n')) {
      expect(line).not.toMatch(/^\s*::|##(vso)?\[/);
      // eslint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it('defuses commands of CI systems wherever they end up', () => {
    const results = sampleResults({ notes: ['::error::no', '##vso[task.complete result=Failed;]'] });
    for (const claim of results.claims) claim.title = '::stop-commands::x';
    for (const line of report({}, results).split('\n')) expect(line).not.toMatch(/^\s*::|##vso/);
  });

  it('never leaves two empty lines, nor wraps a command', () => {
    expect(report()).not.toContain('\n\n\n');
    expect(report({ width: 40 })).toMatch(/again +npm test -- --claim bridge\.default\.no-name-resolution\n/);
  });

  it('says the same with and without colour', () => {
    const colored = report({ color: true });
    expect(colored).toContain('\u001b[31m✗\u001b[39m');
    expect(stripVTControlCharacters(colored)).toBe(report());
  });
});
