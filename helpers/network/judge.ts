import { AsyncLocalStorage } from 'node:async_hooks';
import { scaledLimit } from '../base/pace';
import { counted } from '../base/text';
import { Deviation, verdictOf, type ClaimRecord } from '../claim/verdict';
import type { ClaimResult } from '../results/results';
import { record, recording, type Evidence } from '../world/evidence';
import type { DeclaredClaim } from './declared';
import { ControlFailed } from './must-not-reach';
import { NotAsClaimed } from './reaching';

/** Seconds after which a claim is given up. Longer than any single question may take. */
const timeLimit = 180;

/** What a check has begun to ask. A check that does not wait for it is waited for all the same. */
const asking = new AsyncLocalStorage<Set<Promise<unknown>>>();

/** Notes that the check of a claim asks something. */
export function asks<T>(question: () => Promise<T>): Promise<T> {
  const begun = asking.getStore();
  if (!begun) throw new Error('Something is asked while a spec is loaded. Ask in the check of a claim.');
  const asked = question();
  begun.add(asked);
  // a check that does not wait for it does not take its failure either
  asked.catch(() => undefined);
  return asked;
}

/** Judges one claim. */
export async function judge(claim: DeclaredClaim): Promise<ClaimRecord> {
  const startedAt = new Date();
  const began = performance.now();
  let failure: { thrown: unknown } | undefined;
  const evidence = await recording(
    () => withinTime(asking.run(new Set(), () => checked(claim))),
    (thrown) => (failure = { thrown }),
  );
  const verdict = failure ? verdictOn(failure.thrown) : passed(evidence);
  const cause = causeIn(failure?.thrown);
  return {
    id: claim.id,
    ...verdict,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - began),
    evidence: told(evidence, verdict.reason),
    ...(cause && { cause }),
  };
}

async function checked({ check }: DeclaredClaim): Promise<void> {
  await check();
  const begun = [...(asking.getStore() ?? [])];
  await Promise.all(begun);
}

async function withinTime(checking: Promise<void>): Promise<void> {
  const limit = scaledLimit(timeLimit * 1000);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the check has not ended within ${counted(Math.round(limit / 1000), 'second')}`)), limit);
  });
  try {
    await Promise.race([checking, late]);
  } finally {
    clearTimeout(timer);
  }
}

function verdictOn(thrown: unknown): Pick<ClaimRecord, 'verdict' | 'reason' | 'lacks'> {
  const { code, message = '' } = (thrown ?? {}) as { code?: unknown; message?: string };
  // node:assert is as good as expect
  return verdictOf(code === 'ERR_ASSERTION' ? new Deviation(message) : thrown);
}

/** A pass means that something was observed. */
function passed(evidence: readonly Evidence[]): Pick<ClaimRecord, 'verdict' | 'reason'> {
  if (evidence.some(({ kind }) => kind !== 'note')) return { verdict: 'conforms' };
  return { verdict: 'error', reason: 'the claim passed without having asked anything: call reach, mustNotReach, probe or openPorts' };
}

/** A verdict needs evidence, and that a container is not there is all that was seen of it. */
function told(evidence: readonly Evidence[], reason: string | undefined): Evidence[] {
  if (evidence.length > 0 || reason === undefined) return [...evidence];
  return [{ atMs: 0, durationMs: 0, kind: 'note', where: 'suite', what: 'what was found', answer: reason }];
}

function causeIn(thrown: unknown): ClaimResult['cause'] {
  if (thrown instanceof NotAsClaimed && thrown.traced) {
    const { code, summary, remedy, seen } = thrown.traced;
    return { code, summary, remedy, evidence: seen.map((it) => ({ atMs: 0, durationMs: 0, kind: 'note', ...it })) };
  }
  return thrown instanceof ControlFailed && thrown.traced ? { ...thrown.traced, evidence: [] } : undefined;
}

/** Notes in the evidence what else was seen. */
export function observed(where: string, what: string, answer: string): void {
  record({ kind: 'exec', where, what, answer });
}
