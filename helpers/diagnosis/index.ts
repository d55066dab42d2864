import { probeOf, type JudgedOutcome } from '../claim/outcome';
import { causeFrom, type Cause } from './cause';
import { Diagnosis } from './diagnose';
import type { Surroundings } from './observe';
import { missingAddress } from './missing-address';
import { refusals } from './refusals';

/** The parts of an error that a claim throws by which its cause is looked for. */
interface Thrown {
  matcherResult?: { judged?: JudgedOutcome };
  /** the engine refused a request */
  statusCode?: number;
  message?: string;
  /** id of the container that has no address or no port where a claim wants to reach it */
  unaddressable?: string;
}

/** Traces failures of claims to what caused them; one for all claims of a process, because many can have one cause. */
export class FailureTracer {
  private readonly diagnosis: Diagnosis;

  constructor(private readonly surroundings: Surroundings) {
    this.diagnosis = new Diagnosis(surroundings);
  }

  /** The cause of what a claim threw; undefined where it is not about connectivity. It never throws: no cause is better than no verdict. */
  async causeOf(thrown: unknown): Promise<Cause | undefined> {
    const { matcherResult, statusCode, message = '', unaddressable } = (thrown ?? {}) as Thrown;
    try {
      if (matcherResult?.judged) return await this.ofOutcome(matcherResult.judged);
      if (unaddressable !== undefined)
        return await missingAddress(unaddressable, this.surroundings, / no endpoint in the network (\S+), only in/.exec(message)?.[1]);
      return statusCode === undefined ? undefined : ofRefusal(message);
    } catch {
      return undefined;
    }
  }

  private async ofOutcome({ outcome, by }: JudgedOutcome): Promise<Cause | undefined> {
    const probe = probeOf(outcome);
    // the right server answered: what it said is not a matter of the network
    if (!probe || (outcome.kind === 'reached' && by !== undefined && outcome.by === by.token)) return undefined;
    return this.diagnosis.causeOf({ ...probe, outcome, expectedId: by?.id });
  }
}

/** What an engine's refusal says, in words that engines of several versions use. */
function ofRefusal(message: string): Cause | undefined {
  const refusal = refusals.find(({ says }) => says.test(message));
  return (
    refusal &&
    causeFrom(
      refusal.code,
      { summary: refusal.summary, remedy: refusal.remedy, seen: [{ where: 'engine', what: 'its answer', answer: message }] },
      0,
    )
  );
}
