import path from 'node:path';
import { fitted, note, print } from '../base/output';
import { exitStatus, UserError } from '../base/user-error';
import { engineStates, prepareLab } from '../lab';
import { bisect, NoChange, reasonOf, type Asked, type Judgement } from '../matrix/bisect';
import { EngineRun, runProgram } from '../matrix/engine-run';
import { placeInWords } from '../results/place';
import { verdictWords } from '../results/verdict';
import { selectClaim } from '../run/selection';
import { temporaryFolder } from '../state/temporary';

export interface BisectOptions {
  claim: string;
  good: string;
  bad: string;
  /** seconds */
  timeLimit: number;
}

/**
 * Finds the first release on which a claim has another verdict, among the engines that can be had, and shows the evidence of
 * both sides.
 * @returns 0 where it is found
 * @throws UserError where the ends are alike or cannot be judged
 */
export async function bisectCommand({ claim: id, good, bad, timeLimit }: BisectOptions): Promise<number> {
  const claim = selectClaim(id);
  const ends = { good: (await prepareLab(good, note)).engineId, bad: (await prepareLab(bad, note)).engineId };
  const engines = (await engineStates(false)).filter(({ state }) => state !== 'unavailable').map(({ id }) => id);
  // by this name, whoever comes after a killed process knows that it is nobody's any more
  const { path: folder, remove } = await temporaryFolder();
  try {
    const judge = async (engine: string) => {
      const judgement = await judged(claim.id, engine, folder, timeLimit * 1000);
      note(`${engine}: ${tellOf(judgement)}`);
      return judgement;
    };
    const { last, first, unjudged } = await bisect(engines, ends, judge);
    print(
      fitted(
        [
          `${claim.id}: ${claim.title}`,
          `${first.engine} is the first on which it is "${tellOf(first.judgement)}"; on ${last.engine} it was "${tellOf(last.judgement)}".`,
          ...(unjudged.length > 0 ? [`Between them, ${unjudged.map(({ engine }) => engine).join(', ')} could not be judged.`] : []),
          '',
          ...[last, first].flatMap(evidenceOf),
        ].join('\n'),
      ),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof NoChange)) throw error;
    throw new UserError(
      `There is no change to find: ${error.message}.`,
      'Choose ends with different verdicts; "engines" shows which engines can be had, and an archive can be named as well.',
      exitStatus.failed,
    );
  } finally {
    remove();
  }
}

/** What a run of its own, in a lab, says of one claim. */
async function judged(claim: string, engine: string, folder: string, timeLimit: number): Promise<Judgement> {
  const json = path.join(folder, `${engine}.json`);
  const argv = runProgram(['--engine', engine, '--claim', claim, '--json', json, '--junit', path.join(folder, `${engine}.xml`)]);
  const outcome = await new EngineRun({ engine, argv, json, timeLimit, onStage: () => undefined }).ended;
  if (!('claims' in outcome)) return outcome;
  return outcome.claims.find(({ id }) => id === claim) ?? { reason: 'its results do not have the claim' };
}

function tellOf(judgement: Judgement): string {
  return 'verdict' in judgement ? verdictWords[judgement.verdict].label : `not judged (${judgement.reason})`;
}

function evidenceOf({ engine, judgement }: Asked): string[] {
  if (!('evidence' in judgement)) return [];
  const steps = judgement.evidence.map((step) => `  ${placeInWords(step)}: ${step.what}\n  -> ${step.answer.trim().split('\n')[0] ?? ''}`);
  return [`${engine}: ${tellOf(judgement)}${reasonOf(judgement) ? `, ${reasonOf(judgement)}` : ''}`, ...steps, ''];
}
