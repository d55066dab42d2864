import { describe, expect, it } from '@jest/globals';
import type { Fault } from '../../fixtures/faults/model';
import type { ClaimResult, Results, Verdict } from '../results/results';
import { sampleResults } from '../results/sample-results';
import { killMatrix, type MatrixInput } from './kill-matrix';
import { killMatrixMarkdown } from './markdown';
import { killMatrixTerminal } from './terminal';

const [first, second] = ['models.engine-offers-bridge-host-and-none', 'models.engine-offers-further-drivers'] as const;

/** Results of two claims with these verdicts; what deviates can have a cause. */
function resultsWith(verdicts: Record<string, Verdict>, causes: Record<string, string> = {}): Results {
  const template = sampleResults().claims[0] as ClaimResult;
  const claims = Object.entries(verdicts).map(([id, verdict]): ClaimResult => {
    const code = causes[id];
    return {
      ...template,
      id,
      verdict,
      reason: verdict === 'conforms' ? undefined : 'what was seen',
      ...(code !== undefined && { cause: { code, summary: 'it broke', evidence: [], remedy: 'mend it' } }),
    };
  });
  return { ...sampleResults(), claims };
}

const healthyWith = (verdicts: Parameters<typeof resultsWith>[0]) => ({ engine: 'docker-28.5.2', claims: resultsWith(verdicts).claims });
const healthy = healthyWith({ [first]: 'conforms', [second]: 'conforms' });

function fault(features: Partial<Fault> = {}): Fault {
  return { kind: 'engine', id: 'engine.broken', title: 'Something is broken', daemonArgs: [], kills: [first], ...features } as Fault;
}

/** The matrix of one fault with which the claims have these verdicts. */
function matrixOf(features: Partial<Fault>, outcome: MatrixInput['runs'][number]['outcome'], rest: Partial<MatrixInput> = {}) {
  return killMatrix({ healthy, runs: [{ fault: fault(features), outcome, durationMs: 3000 }], controls: [], complete: false, ...rest });
}

describe('the kill matrix', () => {
  it('must be content with a fault that turns its claims red and no others, with the cause that it has', () => {
    const matrix = matrixOf(
      { cause: 'host.firewall' },
      resultsWith({ [first]: 'deviates', [second]: 'conforms' }, { [first]: 'host.firewall' }),
    );
    expect(matrix.faults[0]).toMatchObject({ killed: [first], survived: [], falseAlarms: [], named: 'rightly' });
    expect(matrix.claims.map(({ killedBy }) => killedBy)).toEqual([['engine.broken'], []]);
    expect(matrix).toMatchObject({ problems: [], failures: [], exitStatus: 0 });
  });

  it('must tell a claim that survives', () => {
    const matrix = matrixOf({ kills: [first, second] }, resultsWith({ [first]: 'deviates', [second]: 'conforms' }));
    expect(matrix.faults[0]?.survived).toEqual([second]);
    expect(matrix).toMatchObject({ problems: [`engine.broken does not turn ${second} red`], exitStatus: 1 });
  });

  it('must tell a fault that turns nothing red', () => {
    expect(matrixOf({}, resultsWith({ [first]: 'blocked', [second]: 'conforms' }))).toMatchObject({
      problems: ['engine.broken turns nothing red'],
      exitStatus: 1,
    });
  });

  it('must tell a false alarm, but not of a claim that may turn red, nor of one that cannot be judged', () => {
    const alarmed = resultsWith({ [first]: 'deviates', [second]: 'deviates' });
    expect(matrixOf({}, alarmed)).toMatchObject({
      faults: [{ falseAlarms: [{ claim: second, verdict: 'deviates', reason: 'what was seen' }] }],
      problems: [`engine.broken: ${second} deviates, which it must not`],
      exitStatus: 1,
    });
    expect(matrixOf({ mayKill: [second] }, alarmed)).toMatchObject({ faults: [{ killed: [first, second] }], exitStatus: 0 });
    expect(matrixOf({}, resultsWith({ [first]: 'deviates', [second]: 'blocked' }))).toMatchObject({
      faults: [{ blocked: [second] }],
      exitStatus: 0,
    });
  });

  it('must tell of a claim whose set-up is broken and that is judged all the same, and be content where it is blocked', () => {
    const blocks = { kills: [], blocks: [second], cause: 'network.addresses-exhausted' };
    const exhausted = { [second]: 'network.addresses-exhausted' };
    expect(matrixOf(blocks, resultsWith({ [first]: 'conforms', [second]: 'blocked' }, exhausted))).toMatchObject({
      faults: [{ killed: [], blocked: [second], notBlocked: [], named: 'rightly' }],
      problems: [],
      exitStatus: 0,
    });
    for (const verdict of ['conforms', 'deviates'] as const) {
      const { faults, problems, exitStatus } = matrixOf(blocks, resultsWith({ [first]: 'conforms', [second]: verdict }));
      expect(faults[0]?.notBlocked).toEqual([second]);
      expect(problems).toContain(`engine.broken does not leave ${second} unjudged`);
      expect(exitStatus).toBe(1);
    }
    expect(matrixOf({ kills: [first], blocks: [second] }, resultsWith({ [first]: 'conforms', [second]: 'blocked' })).problems).toEqual([
      'engine.broken turns nothing red',
    ]);
  });

  it('must take an error for a kill only where the API does not answer', () => {
    const failing = resultsWith({ [first]: 'error', [second]: 'conforms' });
    expect(matrixOf({}, failing)).toMatchObject({
      faults: [{ killed: [], falseAlarms: [{ claim: first, verdict: 'error' }] }],
      exitStatus: 1,
    });
    expect(matrixOf({ endsInError: true }, failing)).toMatchObject({ faults: [{ killed: [first], falseAlarms: [] }], exitStatus: 0 });
  });

  it('must tell a cause that is not the one, and forgive one that was not found', () => {
    const causes = (code: string) => resultsWith({ [first]: 'deviates', [second]: 'conforms' }, { [first]: code });
    const wrong = matrixOf({ cause: 'bridge.down' }, causes('host.firewall'));
    expect(wrong).toMatchObject({
      faults: [{ named: 'wrongly', wrongCauses: [{ claim: first, code: 'host.firewall' }] }],
      problems: [`engine.broken: the cause of ${first} is not host.firewall`],
      exitStatus: 1,
    });
    expect(matrixOf({}, causes('host.firewall'))).toMatchObject({ faults: [{ named: 'wrongly' }], exitStatus: 1 });
    expect(matrixOf({ cause: 'bridge.down' }, causes('unknown'))).toMatchObject({ faults: [{ named: 'unknown' }], exitStatus: 0 });
    expect(matrixOf({ cause: 'bridge.down' }, resultsWith({ [first]: 'deviates', [second]: 'conforms' }))).toMatchObject({
      faults: [{ named: 'unknown' }],
    });
  });

  it('must ask for a killer of each claim where all faults were injected, and take a changed answer for one', () => {
    const outcome = resultsWith({ [first]: 'deviates', [second]: 'conforms' });
    expect(matrixOf({}, outcome, { complete: true })).toMatchObject({ problems: [`nothing turns ${second} red`], exitStatus: 1 });
    expect(matrixOf({}, outcome, { complete: true, mutants: new Map([[second, 2]]) })).toMatchObject({
      claims: [{ mutants: 0 }, { mutants: 2 }],
      exitStatus: 0,
    });
    expect(matrixOf({}, outcome)).toMatchObject({ exitStatus: 0 });
  });

  it('must tell a changed answer that its claim does not see', () => {
    const outcome = resultsWith({ [first]: 'deviates', [second]: 'conforms' });
    expect(matrixOf({}, outcome, { unseen: [`${second} does not see it`] })).toMatchObject({
      problems: [`${second} does not see it`],
      exitStatus: 1,
    });
  });

  it('must judge only claims that conform without a fault', () => {
    const ailing = healthyWith({ [first]: 'conforms', [second]: 'deviates' });
    const outcome = resultsWith({ [first]: 'deviates', [second]: 'deviates' });
    expect(matrixOf({ kills: [first, second] }, outcome, { healthy: ailing, complete: true })).toMatchObject({
      faults: [{ killed: [first], survived: [], falseAlarms: [] }],
      problems: [`${second} deviates without any fault: what was seen`],
      exitStatus: 1,
    });
    const waived = ailing.claims.map((it) =>
      it.verdict === 'deviates'
        ? {
            ...it,
            waiver: {
              state: 'applies' as const,
              reason: 'it is known',
              link: 'https://example.test/',
              expires: '2099-01-01',
              from: 'the suite',
            },
          }
        : it,
    );
    expect(matrixOf({ kills: [first, second] }, outcome, { healthy: { ...ailing, claims: waived }, complete: true })).toMatchObject({
      problems: [],
      exitStatus: 0,
    });
  });

  it('must see to it that a must-not is left unjudged when its control is broken', () => {
    const controls = [{ claim: second, fault: 'engine.broken' }];
    const row = { claim: second, fault: 'engine.broken' };
    expect(matrixOf({}, resultsWith({ [first]: 'deviates', [second]: 'blocked' }), { controls })).toMatchObject({
      controls: [{ ...row, verdict: 'blocked', holds: true }],
      exitStatus: 0,
    });
    const vacuous = matrixOf({}, resultsWith({ [first]: 'deviates', [second]: 'conforms' }), { controls });
    expect(vacuous).toMatchObject({
      controls: [{ ...row, holds: false }],
      problems: [`${second} conforms although engine.broken breaks its control`],
      exitStatus: 1,
    });
  });

  it('must count trials: a claim that conforms under a fault has survived it', () => {
    const fault = { id: 'trial.broken', title: 'Something is broken for a while', kills: [first, second] };
    const tried = [
      { claim: first, fault: 'trial.broken', verdict: 'deviates' as const, durationMs: 100, killed: true },
      { claim: second, fault: 'trial.broken', verdict: 'conforms' as const, durationMs: 200, killed: false },
    ];
    const matrix = killMatrix({
      healthy,
      runs: [],
      trials: { faults: [fault, { ...fault, id: 'trial.nobody-met' }], tried },
      controls: [],
      complete: true,
    });
    expect(matrix).toMatchObject({
      faults: [{ fault: 'trial.broken', kind: 'trial', killed: [first], survived: [second], durationMs: 300 }],
      exitStatus: 1,
    });
    expect(matrix.problems).toEqual([`trial.broken does not turn ${second} red`, `nothing turns ${second} red`]);
  });

  it('must take an unaffected claim that deviates for a false alarm, and one that conforms or is blocked for none', () => {
    const unaffected = (verdict: 'conforms' | 'deviates' | 'blocked') => {
      const fault = { id: 'trial.broken', title: 'Something is broken for a while', kills: [first] };
      const tried = [
        { claim: first, fault: 'trial.broken', verdict: 'deviates' as const, durationMs: 100, killed: true },
        { claim: second, fault: 'trial.broken', verdict, reason: 'as it says', durationMs: 200, killed: verdict === 'deviates' },
      ];
      return killMatrix({ healthy, runs: [], trials: { faults: [fault], tried }, controls: [], complete: false });
    };
    expect(unaffected('deviates')).toMatchObject({
      faults: [{ killed: [first], survived: [], falseAlarms: [{ claim: second, verdict: 'deviates', reason: 'as it says' }] }],
      claims: [{ killedBy: ['trial.broken'] }, { killedBy: [] }],
      exitStatus: 1,
    });
    expect(unaffected('conforms')).toMatchObject({
      faults: [{ killed: [first], survived: [], falseAlarms: [], blocked: [] }],
      exitStatus: 0,
    });
    expect(unaffected('blocked')).toMatchObject({ faults: [{ falseAlarms: [], blocked: [second] }], exitStatus: 0 });
  });

  it('must tell a trial that ended in an error as one that says nothing of its claim', () => {
    const fault = { id: 'trial.broken', title: 'Something is broken for a while', kills: [first, second] };
    const tried = [
      { claim: first, fault: 'trial.broken', verdict: 'deviates' as const, durationMs: 100, killed: true },
      { claim: second, fault: 'trial.broken', verdict: 'error' as const, reason: 'no body', durationMs: 200, killed: false },
    ];
    const matrix = killMatrix({ healthy, runs: [], trials: { faults: [fault], tried }, controls: [], complete: false });
    expect(matrix).toMatchObject({
      faults: [{ survived: [second], falseAlarms: [{ claim: second, verdict: 'error', reason: 'no body' }] }],
      exitStatus: 1,
    });
  });

  it('must count a claim as turned red by a broken tool that ends it in an error', () => {
    const fault = { id: 'trial.tool', title: 'A tool of the checks is broken', kills: [first], endsInError: true };
    const tried = [{ claim: first, fault: 'trial.tool', verdict: 'error' as const, reason: 'no curl', durationMs: 100, killed: true }];
    const matrix = killMatrix({ healthy, runs: [], trials: { faults: [fault], tried }, controls: [], complete: false });
    expect(matrix).toMatchObject({ faults: [{ killed: [first], survived: [], falseAlarms: [] }], exitStatus: 0 });
  });

  it('must end with 3 where a run came to nothing, or a claim is an error without any fault', () => {
    expect(matrixOf({}, { engine: 'engine.broken', reason: 'it was given up' })).toMatchObject({
      failures: ['no results with engine.broken: it was given up'],
      exitStatus: 3,
    });
    expect(
      matrixOf({}, resultsWith({ [first]: 'deviates' }), { missing: [{ run: 'trials of dns', reason: 'it was given up' }] }),
    ).toMatchObject({ failures: ['no results of trials of dns: it was given up'], exitStatus: 3 });
    expect(
      matrixOf({}, resultsWith({ [first]: 'deviates' }), { healthy: healthyWith({ [first]: 'conforms', [second]: 'error' }) }),
    ).toMatchObject({ failures: [`${second} is an error without any fault: what was seen`], exitStatus: 3 });
  });
});

describe('the reports on the kill matrix', () => {
  const matrix = matrixOf({ cause: 'bridge.down' }, resultsWith({ [first]: 'deviates', [second]: 'error' }, { [first]: 'host.firewall' }), {
    complete: true,
    controls: [{ claim: second, fault: 'engine.broken' }],
  });

  it('must show in the terminal what each fault did, what is wrong with it, and what turns each claim red', () => {
    const text = killMatrixTerminal(matrix, { color: false, width: 140 });
    expect(text).toContain('✗ engine.broken  1 killed, 1 false alarm, cause named wrongly (3.0 s)');
    expect(text).toContain(`false alarm  ${second}: error, what was seen`);
    expect(text).toContain(`wrong cause  ${first}: host.firewall, it broke`);
    expect(text).toMatch(new RegExp(`✓ ${first} +1 fault: engine\\.broken`));
    expect(text).toMatch(new RegExp(`– ${second} +nothing that was tried`));
    expect(text).toContain(
      '1 faults, 1 of which turn something red · 1 of 2 claims turned red · 0 survived · 1 false alarms · 0 of 1 causes named',
    );
    expect(text).toContain('exit status 1');
  });

  it('must give Markdown a table for the faults, the claims and the must-nots', () => {
    const text = killMatrixMarkdown(matrix);
    expect(text).toContain(`| ✗ | \`engine.broken\` | Something is broken | \`${first}\` | \`bridge.down\` wrongly | 3.0 s |`);
    expect(text).toContain(`| \`${second}\` | nothing that was tried |`);
    expect(text).toContain(`| \`${second}\` | \`engine.broken\` | error |`);
    expect(text.split('\n').filter((line) => line.startsWith('| --- |') || line.startsWith('| --- '))).toHaveLength(3);
  });
});
