import type { Control } from '../../fixtures/faults';
import type { Fault } from '../../fixtures/faults/model';
import type { TrialFault } from '../../fixtures/faults/trials/model';
import { unknownCause } from '../results/cause-code';
import type { Failure } from '../results/report-input';
import type { ClaimResult, Results } from '../results/results';
import { oneLine, truncate } from '../base/text';
import { exitStatus } from '../base/user-error';
import type { Trial } from '../faults/trials';

/** What a kill matrix is made from. */
export interface MatrixInput {
  /** the engine's id, and its claims without a fault: only what conforms can be turned red */
  readonly healthy: { readonly engine: string; readonly claims: readonly ClaimResult[] };
  readonly runs: readonly { readonly fault: Fault; readonly outcome: Results | Failure; readonly durationMs: number }[];
  /** the faults under which claims were judged again, and what became of that */
  readonly trials?: { readonly faults: readonly TrialFault[]; readonly tried: readonly Trial[] };
  /** by claim, how many changes of the API's answers turn it red; absent where that was not tried */
  readonly mutants?: ReadonlyMap<string, number>;
  /** changes of the API's answers that their claim does not see, without a known reason, each in a sentence */
  readonly unseen?: readonly string[];
  /** runs that came to nothing besides those of {@link runs}: what they would have told is not in the matrix */
  readonly missing?: readonly { readonly run: string; readonly reason: string }[];
  /** the must-nots, and the faults that break their controls */
  readonly controls: readonly Control[];
  /** whether all faults were injected that the engine can have, so that a claim without a killer is one */
  readonly complete: boolean;
}

/** A claim that turned red and should not have. */
export interface FalseAlarm {
  readonly claim: string;
  readonly verdict: 'deviates' | 'error';
  readonly reason: string;
}

/** What one fault did to the claims. */
export interface FaultRow {
  readonly fault: string;
  readonly title: string;
  readonly kind: Fault['kind'] | 'trial';
  readonly durationMs: number;
  /** ids of the claims that had to turn red, and did not */
  readonly survived: readonly string[];
  /** ids of all claims that rightly turned red */
  readonly killed: readonly string[];
  readonly falseAlarms: readonly FalseAlarm[];
  /** ids of the claims that could not be judged any more */
  readonly blocked: readonly string[];
  /** ids of the claims that had to be blocked, and were not */
  readonly notBlocked: readonly string[];
  /** the cause that had to be named; absent where there is none to name */
  readonly cause?: string;
  /** whether that was named, of those killed claims to which a cause was looked for; `none`: there was nothing to name, and nothing was named */
  readonly named: 'rightly' | 'wrongly' | 'unknown' | 'none';
  /** causes that were named and are not the one */
  readonly wrongCauses: readonly { readonly claim: string; readonly code: string; readonly summary: string }[];
  /** why there are no results; then all lists are empty */
  readonly failure?: string;
}

/** What turns one claim red. */
export interface ClaimRow {
  readonly claim: string;
  /** its verdict without a fault; only claims that conform can be turned red */
  readonly verdict: ClaimResult['verdict'];
  readonly killedBy: readonly string[];
  /** changes of the API's answers that turn it red; absent where that was not tried */
  readonly mutants?: number;
}

/** Whether a must-not is left unjudged when its control is broken. */
export interface ControlRow {
  readonly claim: string;
  readonly fault: string;
  readonly verdict: ClaimResult['verdict'];
  readonly holds: boolean;
}

/** Which faults turn which claims red, and whether that is as it should be. */
export interface KillMatrix {
  readonly schemaVersion: 1;
  readonly engine: string;
  readonly complete: boolean;
  readonly faults: readonly FaultRow[];
  readonly claims: readonly ClaimRow[];
  readonly controls: readonly ControlRow[];
  /** what is not as it should be, each in a sentence */
  readonly problems: readonly string[];
  /** what kept the matrix from being made */
  readonly failures: readonly string[];
  readonly exitStatus: number;
}

/** Puts the matrix together; nothing but its input decides it. */
export function killMatrix({ healthy, runs, trials, mutants, unseen = [], missing = [], controls, complete }: MatrixInput): KillMatrix {
  const judged = new Set(healthy.claims.flatMap(({ id, verdict }) => (verdict === 'conforms' ? [id] : [])));
  const faults = [
    ...runs.map(({ fault, outcome, durationMs }) => faultRow(fault, outcome, durationMs, judged)),
    ...(trials?.faults ?? []).flatMap((fault) =>
      trialRow(
        fault,
        (trials?.tried ?? []).filter((it) => it.fault === fault.id),
      ),
    ),
  ];
  const claims = healthy.claims.map(({ id, verdict }): ClaimRow => ({
    claim: id,
    verdict,
    killedBy: faults.filter(({ killed }) => killed.includes(id)).map(({ fault }) => fault),
    ...(mutants && { mutants: mutants.get(id) ?? 0 }),
  }));
  const controlRows = controls.flatMap((control) => controlRow(control, runs, judged));
  const problems = [
    ...healthy.claims
      .filter(({ verdict, waiver }) => verdict === 'deviates' && waiver?.state !== 'applies')
      .map((claim) => `${claim.id} deviates without any fault${because(claim)}`),
    ...faults.flatMap(problemsOf),
    ...(complete
      ? claims
          .filter(({ claim, killedBy, mutants: changes = 0 }) => judged.has(claim) && killedBy.length === 0 && changes === 0)
          .map(({ claim }) => `nothing turns ${claim} red`)
      : []),
    ...unseen,
    ...controlRows
      .filter(({ holds }) => !holds)
      .map(({ claim, fault, verdict }) => `${claim} ${verdict} although ${fault} breaks its control`),
  ];
  const failures = [
    ...healthy.claims
      .filter(({ verdict }) => verdict === 'error')
      .map((claim) => `${claim.id} is an error without any fault${because(claim)}`),
    ...faults.flatMap(({ fault, failure }) => (failure === undefined ? [] : [`no results with ${fault}: ${failure}`])),
    ...missing.map(({ run, reason }) => `no results of ${run}: ${reason}`),
  ];
  return {
    schemaVersion: 1,
    engine: healthy.engine,
    complete,
    faults,
    claims,
    controls: controlRows,
    problems,
    failures,
    exitStatus: failures.length > 0 ? exitStatus.failed : problems.length > 0 ? exitStatus.deviates : exitStatus.conforms,
  };
}

/** Columns of a reason. */
const longestReason = 300;

/** The reason of a verdict in one line, behind what is said of it. */
function because({ reason }: Pick<ClaimResult, 'reason'>): string {
  return reason === undefined ? '' : `: ${truncate(oneLine(reason), longestReason)}`;
}

function faultRow(fault: Fault, outcome: Results | Failure, durationMs: number, judged: ReadonlySet<string>): FaultRow {
  const row = {
    fault: fault.id,
    title: fault.title,
    kind: fault.kind,
    durationMs,
    ...(fault.cause !== undefined && { cause: fault.cause }),
  };
  if (!('claims' in outcome))
    return {
      ...row,
      survived: [],
      killed: [],
      falseAlarms: [],
      blocked: [],
      notBlocked: [],
      named: 'none',
      wrongCauses: [],
      failure: outcome.reason,
    };
  const claims = outcome.claims.filter(({ id }) => judged.has(id));
  const expected = new Set([...fault.kills, ...(fault.mayKill ?? [])]);
  const red = claims.filter(({ verdict }) => verdict === 'deviates' || verdict === 'error');
  const killed = red.filter(({ id, verdict }) => expected.has(id) && (verdict === 'deviates' || fault.endsInError));
  const toBeBlocked = claims.filter(({ id }) => fault.blocks?.includes(id));
  const withCause = [...killed, ...toBeBlocked].flatMap(({ id, cause }) =>
    cause ? [{ claim: id, code: cause.code, summary: cause.summary }] : [],
  );
  const wrongCauses = withCause.filter(({ code }) => code !== unknownCause && code !== fault.cause && !fault.otherCauses?.includes(code));
  return {
    ...row,
    survived: fault.kills.filter((id) => judged.has(id) && claims.some((it) => it.id === id) && !killed.some((it) => it.id === id)),
    killed: killed.map(({ id }) => id),
    falseAlarms: red
      .filter((it) => !killed.includes(it))
      .map(({ id, verdict, reason = '' }) => ({ claim: id, verdict: verdict as FalseAlarm['verdict'], reason })),
    blocked: claims.filter(({ verdict }) => verdict === 'blocked').map(({ id }) => id),
    notBlocked: toBeBlocked.filter(({ verdict }) => verdict !== 'blocked').map(({ id }) => id),
    named:
      wrongCauses.length > 0
        ? 'wrongly'
        : withCause.some(({ code }) => code === fault.cause)
          ? 'rightly'
          : fault.cause === undefined
            ? 'none'
            : 'unknown',
    wrongCauses,
  };
}

/** A fault that none of the claims met, because they do not conform without it or were not selected, has no row. */
function trialRow({ id: fault, title, kills, blocks = [] }: TrialFault, tried: readonly Trial[]): FaultRow[] {
  const due = tried.filter(({ claim }) => kills.includes(claim));
  if (due.length === 0 && !tried.some(({ claim }) => blocks.includes(claim))) return [];
  const ids = (chosen: (trial: Trial) => boolean) => due.filter(chosen).map(({ claim }) => claim);
  return [
    {
      fault,
      title,
      kind: 'trial',
      durationMs: tried.reduce((sum, { durationMs }) => sum + durationMs, 0),
      survived: ids(({ killed }) => !killed),
      killed: ids(({ killed }) => killed),
      falseAlarms: tried.flatMap(({ claim, verdict, reason = '', killed }) =>
        (verdict === 'error' && !killed) || (verdict === 'deviates' && !kills.includes(claim)) ? [{ claim, verdict, reason }] : [],
      ),
      blocked: tried.filter(({ verdict }) => verdict === 'blocked').map(({ claim }) => claim),
      notBlocked: tried.filter(({ claim, verdict }) => blocks.includes(claim) && verdict !== 'blocked').map(({ claim }) => claim),
      named: 'none',
      wrongCauses: [],
    },
  ];
}

function problemsOf(row: FaultRow): string[] {
  const { fault, survived, notBlocked, falseAlarms, wrongCauses, failure } = row;
  if (failure !== undefined) return [];
  return [
    ...(isIdle(row) ? [`${fault} turns nothing red`] : survived.map((claim) => `${fault} does not turn ${claim} red`)),
    ...notBlocked.map((claim) => `${fault} does not leave ${claim} unjudged`),
    ...falseAlarms.map(
      ({ claim, verdict }) => `${fault}: ${claim} ${verdict === 'error' ? 'ends in an error' : 'deviates'}, which it must not`,
    ),
    ...wrongCauses.map(({ claim, code }) => `${fault}: the cause of ${claim} is not ${code}`),
  ];
}

/** Whether a fault did nothing of what it should: neither turned a claim red, nor where that is all it is for left one unjudged. */
export function isIdle({ killed, survived, blocked }: Pick<FaultRow, 'killed' | 'survived' | 'blocked'>): boolean {
  return killed.length === 0 && (survived.length > 0 || blocked.length === 0);
}

/** With its control broken a must-not can say nothing: it is blocked, or where the API is silent an error. */
function controlRow({ claim, fault: id }: Control, runs: MatrixInput['runs'], judged: ReadonlySet<string>): ControlRow[] {
  const run = runs.find(({ fault }) => fault.id === id);
  if (!run || !('claims' in run.outcome) || !judged.has(claim)) return [];
  const result = run.outcome.claims.find((it) => it.id === claim);
  return result ? [{ claim, fault: id, verdict: result.verdict, holds: result.verdict === 'blocked' || result.verdict === 'error' }] : [];
}
