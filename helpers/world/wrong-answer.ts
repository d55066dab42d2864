import { oneLine } from '../base/text';
import { UserError } from '../base/user-error';
import { engineLostCodes, isEngineLost } from './lost';

/** What a reader can do who meets an answer that no engine gives. */
const askTheEngine =
  'Ask it with "docker info" or curl. If something stands between here and the engine, such as a socket proxy or a gateway, let it pass this call on as it is, or name the engine itself with DOCKER_HOST.';

/** An engine, or what stands before it, answered a call with what its API does not have. The sentence names the call. */
export class WrongAnswer extends UserError {
  /**
   * @param call e.g. `GET /info`
   * @param answered what came, in words
   * @param expected what the API says comes, in words
   */
  constructor(
    readonly call: string,
    answered: string,
    expected: string,
    options?: ErrorOptions,
  ) {
    super(`${call} answered ${answered} where ${expected} was expected.`, askTheEngine, undefined, options);
  }
}

/** A call whose answer did not come, or not to its end, within a limit. */
export class TooSlow extends UserError {
  constructor(
    readonly call: string,
    what: 'idle' | 'total',
    milliseconds: number,
  ) {
    const seconds = `${milliseconds / 1000} s`;
    super(
      what === 'idle'
        ? `${call} was not answered: not a byte came for ${seconds}.`
        : `${call} was not answered to its end within ${seconds}.`,
      'Check that "docker info" answers at once; an engine that accepts connections and stays silent needs a restart.',
    );
  }
}

/**
 * Whether an error of a call means that its answer did not come: the engine is gone, or took too long over this one. What
 * was to be made by it may well be made when it is tried again.
 */
export function isUnanswered(error: unknown): boolean {
  return isEngineLost(error) || error instanceof TooSlow;
}

/** The connection failed, or broke off. It carries the code of the failure, and names the call. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly code: string | undefined;
  readonly syscall: string | undefined;

  constructor(
    readonly call: string,
    /** what the connection said; no `cause`, which would be printed once more below the sentence */
    readonly failure: NodeJS.ErrnoException,
  ) {
    super(`${call}: ${failure.message}`);
    this.code = failure.code;
    this.syscall = failure.syscall;
  }
}

/** The engine said no. The message is worded as dockerode words it, which claims and people know. */
export class Refusal extends Error {
  override readonly name = 'Error';

  constructor(
    readonly call: string,
    readonly statusCode: number,
    /** what dockerode calls this status */
    readonly reason: string,
    /** the engine's own words */
    readonly words: string,
    /** the answer, parsed where it could be */
    readonly json: unknown,
    private readonly location: string | undefined,
  ) {
    super(`(HTTP code ${statusCode}) ${reason} - ${words} `);
  }

  /** The same for a reader, where a run cannot do without the answer. */
  explained(): UserError {
    const { call, statusCode, words, location } = this;
    if (statusCode >= 300 && statusCode < 400)
      return new WrongAnswer(
        call,
        `HTTP ${statusCode}, which leads${location === undefined ? ' elsewhere' : ` to ${oneLine(location)}`},`,
        'an answer',
        { cause: this },
      );
    const said = oneLine(words);
    const why = said === '' ? 'without a word' : `saying: ${said}`;
    return new UserError(
      `The engine refused ${call} with HTTP ${statusCode}, ${why}.`,
      statusCode === 403 || statusCode === 401
        ? 'If a socket proxy stands before the engine, let it pass this call on; the suite cannot do without it.'
        : 'Look into the log of the engine ("journalctl -u docker"), and into that of what stands before it.',
      undefined,
      { cause: this },
    );
  }
}

/**
 * What an error of a call means to a reader who cannot do without its answer; undefined for an error that is none of a
 * call's, or that explains itself.
 */
export function explainedCall(error: unknown): UserError | undefined {
  if (error instanceof Refusal) return error.explained();
  if (error instanceof CallFailed) {
    const gone = error.code !== undefined && engineLostCodes.has(error.code);
    return new UserError(
      `${gone ? 'The engine broke off' : 'The engine could not be asked'}: ${error.message}.`,
      'Look into its log, start it again, and run this again.',
      undefined,
      { cause: error },
    );
  }
  return undefined;
}
