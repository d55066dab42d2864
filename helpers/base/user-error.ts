/** Exit statuses of the command line; they are a contract (README, "Exit status"). */
export const exitStatus = {
  /** every claim that ran conforms, or was rightly not run */
  conforms: 0,
  /** at least one claim deviates without a waiver (with `--strict`: or is blocked) */
  deviates: 1,
  /** wrong usage, or a selection that selects nothing */
  usage: 2,
  /** no engine, or the suite itself failed */
  failed: 3,
  /** less than a stated share of the applicable claims could be judged */
  tooLittle: 4,
} as const;

/** From the best to the worst: a status counts only where none that stands behind it does. */
const ranking: readonly number[] = [exitStatus.conforms, exitStatus.tooLittle, exitStatus.deviates, exitStatus.usage, exitStatus.failed];

/** The status of several runs together: that of the worst. One that nobody knows of is the worst of all. */
export function worstStatus(statuses: readonly number[]): number {
  const rank = (status: number): number => (ranking.includes(status) ? ranking.indexOf(status) : ranking.length);
  return statuses.reduce((worst, status) => (rank(status) > rank(worst) ? status : worst), exitStatus.conforms);
}

/**
 * An error that the person at the keyboard can do something about. It is printed as three short parts, without a
 * stack trace: what happened, what was expected, what to do next.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    /** what happened, one sentence */
    message: string,
    /** what to do next, one sentence */
    readonly remedy: string,
    readonly status: (typeof exitStatus)[keyof typeof exitStatus] = exitStatus.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
