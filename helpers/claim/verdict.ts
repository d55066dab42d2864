import { engineLost, isEngineLost } from '../world/lost';
import { TooSlow, WrongAnswer } from '../world/wrong-answer';
import type { ClaimResult } from '../results/results';
import { probeOf, type JudgedOutcome } from './outcome';
import type { Evidence } from '../world/evidence';

/** The verdict on one claim, as a spec worker hands it to the run. */
export interface ClaimRecord {
  id: string;
  verdict: 'conforms' | 'deviates' | 'blocked' | 'error';
  reason?: string;
  /** what this machine lacks for the check, where that is why it is blocked */
  lacks?: ClaimResult['lacks'];
  /** when its judgement began, ISO 8601 */
  startedAt: string;
  durationMs: number;
  evidence: Evidence[];
  /** what a failed connectivity claim, or a set-up that the engine refused, was traced to */
  cause?: ClaimResult['cause'];
}

/**
 * Thrown by a claim that finds out, while it runs, that this machine or somebody else's activity prevents the check.
 * It is for what cannot be known before specs are loaded.
 */
export class Blocked extends Error {
  override readonly name = 'Blocked';
  /** what this machine lacks, where that is known and decides what others make of it */
  readonly lacks?: NonNullable<ClaimResult['lacks']>;
}

/** Thrown where the kernel has no such thing as the claim is about. */
export class KernelLacks extends Blocked {
  override readonly lacks = 'kernel';
}

/** Thrown where something that every claim of a topology takes for granted turns out not to hold on this engine. */
export class Deviation extends Error {
  override readonly name = 'Deviation';
}

/** Thrown where a container has no address, or no port on the host, at which it could be reached. */
export class Unaddressable extends Deviation {
  constructor(
    message: string,
    /** id of the container */
    readonly unaddressable: string,
  ) {
    super(message);
  }
}

/**
 * Whether a refusal is that of an authorization plugin, or of an engine that cannot ask one (`authorization-plugins`): then
 * its operator refuses, and nothing was learnt about the engine.
 */
export function isOfPlugin(message: string): boolean {
  return /authorization denied by plugin |plugin \S+ failed with error: AuthZPlugin\./.test(message);
}

/** What the reason of a claim begins with for which {@link isOfPlugin} holds. */
export const pluginRefused = 'an authorization plugin of the operator refused a call that the claim needs';

/** Colour codes, which Jest's messages carry and reports must not. */
// eslint-disable-next-line no-control-regex -- the escape character is what makes it a colour code
const colourCodes = /\u001b\[[0-9;]*m/g;

/**
 * What an error thrown by a claim means. An assertion, or an engine that answers "no", is a deviation; an engine that
 * cannot be asked, a probe that cannot look and a mistake in a spec are errors of the run, never statements about the
 * engine.
 * @param gone whether the engine has been asked since, and does not answer any more
 */
export function verdictOf(error: unknown, gone = isEngineLost(error)): Pick<ClaimRecord, 'verdict' | 'reason' | 'lacks'> {
  const thrown = (error ?? {}) as Partial<Error> &
    Pick<Blocked, 'lacks'> & { matcherResult?: { judged?: JudgedOutcome }; statusCode?: number };
  const reason = (thrown.message ?? String(error)).replace(colourCodes, '').trim();
  if (isEngineLost(error))
    return { verdict: 'error', reason: gone ? engineLost : `the engine did not answer one call, and answers others: ${reason}` };
  if (thrown.name === 'Blocked') return { verdict: 'blocked', reason, ...(thrown.lacks && { lacks: thrown.lacks }) };
  if (thrown.matcherResult !== undefined || thrown.name === 'Deviation')
    return { verdict: 'deviates', reason: `${reason}${wayOf(thrown.matcherResult)}` };
  if (error instanceof WrongAnswer) return { verdict: 'deviates', reason };
  if (error instanceof TooSlow) return { verdict: 'error', reason };
  if (thrown.name === 'TypeError') return { verdict: 'error', reason: `the claim cannot read what it was answered: ${reason}` };
  if (typeof thrown.statusCode === 'number' && isOfPlugin(reason)) return { verdict: 'blocked', reason: `${pluginRefused}: ${reason}` };
  if (typeof thrown.statusCode === 'number') return { verdict: 'deviates', reason: `the engine answered ${thrown.statusCode}: ${reason}` };
  return { verdict: 'error', reason: `${thrown.name ?? 'error'}: ${reason}` };
}

/** From where to where the probe went that an assertion is about. */
function wayOf(result: { judged?: JudgedOutcome } | undefined): string {
  const probe = result?.judged && probeOf(result.judged.outcome);
  return probe ? `\nprobe:    ${probe.from.name} -> ${probe.origin}` : '';
}
