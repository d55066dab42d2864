import { isUnanswered } from '../world/wrong-answer';
import { unexamined } from '../world/ask';
import { UserError } from '../base/user-error';
import { Blocked, isOfPlugin } from './verdict';

/**
 * Thrown where something cannot be made, started or run that a claim needs and does not itself examine: nothing was
 * learnt about the claim's sentence. Its message has no name or id that differs from claim to claim, so that reports can
 * tell it once for all of them.
 */
export class SetUpFailed extends Blocked {
  constructor(
    message: string,
    /** the status with which the engine refused it; without one where it is not the engine that refuses */
    readonly statusCode?: number,
  ) {
    super(message);
  }
}

/** What an engine answered that refused something. */
export interface Refusal {
  status: number;
  message: string;
}

/** The names and ids that engines put into their messages, and that are others each time. */
const passing = [/\bdnc-[\w.-]*[0-9a-f]{8}\b/g, /\bveth[0-9a-f]{4,}\b/g, /\b(?=[0-9a-f]*\d)[0-9a-f]{12,64}\b/g];

/** An engine's message without what is another name or id each time. */
export function lasting(message: string): string {
  return passing
    .reduce((text, pattern) => text.replace(pattern, '…'), message)
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * That the engine refused something which the set-up of a claim needs.
 * @param what the sentence's beginning, e.g. `a container that the claim needs could not be started`
 */
function setUpRefused(what: string, { status, message }: Refusal): SetUpFailed {
  return new SetUpFailed(
    `${what}: the engine answered ${status}${message.trim() === '' ? ' without a reason' : `, ${lasting(message)}`}`,
    isOfPlugin(message) ? undefined : status,
  );
}

/** As {@link setUpRefused}, for what a client or a lab has thrown. What says that the engine is gone or slow, or is a mistake of the suite, is passed on. */
export function setUpError(what: string, error: unknown): unknown {
  // a client keeps the engine's words in the body, and puts words of its own before them
  const {
    statusCode,
    message = '',
    json,
    said,
  } = (error ?? {}) as Partial<Error> & { statusCode?: number; json?: { message?: string }; said?: string };
  if (isUnanswered(error) || error instanceof Blocked) return error;
  if (typeof statusCode === 'number') return setUpRefused(what, { status: statusCode, message: said ?? json?.message ?? message });
  return error instanceof UserError ? new SetUpFailed(`${what}: ${lasting(message)}`) : error;
}

/** Does something that the set-up of a claim needs. @throws SetUpFailed where the engine refuses it */
export async function settingUp<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw setUpError(what, error);
  }
}

/**
 * Does something of which the claim itself says that the engine grants it: a refusal is thrown as it came, and makes the
 * claim deviate, if the engine grants the same without what the claim examines.
 * @param plain does the same without it
 * @throws SetUpFailed where the engine refuses both
 */
export async function claimedToBeGranted<T>(what: string, action: () => Promise<T>, plain: () => Promise<unknown>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const failure = setUpError(what, error);
    if (!(failure instanceof SetUpFailed) || failure.statusCode === undefined) throw failure;
    await plain();
    throw error;
  }
}

/**
 * For a call of the API that is a claim's set-up: its answer must be good.
 * @param what that came to nothing, e.g. `a swarm that the claim needs could not be begun`
 * @throws SetUpFailed with the engine's words
 */
export function mustGrant(what: string, answer: Refusal): void {
  const { status, message } = unexamined(() => ({ status: answer.status, message: answer.message }));
  if (status >= 400) throw setUpRefused(what, { status, message });
}
