import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { trialFaults } from '../../fixtures/faults/trials';
import type { TrialFault } from '../../fixtures/faults/trials/model';
import { controlFailed } from '../claim/control';
import type { ClaimRecord } from '../claim/verdict';
import type { Lab } from '../lab';
import { run } from '../base/process';
import { FileProblem, largest, parseJson, readText } from '../base/read-file';
import { oneLine, truncate } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { ProbeBroken } from '../world/vantage-point';
import { unaffectedClaimOf } from './unaffected-claim';
import { scriptOf } from './script';
import { fits } from './select';
import { spoilingProxy, type SpoilingProxy } from './spoiling-proxy';

const trialSchema = z.strictObject({
  claim: z.string(),
  fault: z.string(),
  verdict: z.enum(['conforms', 'deviates', 'blocked', 'error']),
  reason: z.string().optional(),
  durationMs: z.number().nonnegative(),
  /** whether the claim saw the fault: it deviated, or its control failed. Of a claim that it must leave alone this is not asked */
  killed: z.boolean(),
});

/** What became of one claim while a fault lasted. */
export type Trial = z.infer<typeof trialSchema>;

/** Name of the socket of a lab's proxy, beside the engine's own. */
const proxySocket = 'trial.sock';

/** Seconds that a script may take. */
const scriptTime = 20;

/** The labs of a run in which faults come and go while claims are judged again. */
export class Trials {
  private readonly labs: { lab: Lab; proxy: SpoilingProxy }[] = [];
  private current: TrialFault | undefined;
  /** each fault that this engine can have, with the claim that it must leave alone */
  private readonly faults: readonly { fault: TrialFault; unaffected: string | undefined }[];

  constructor(engine: { id: string; kind: string }) {
    this.faults = trialFaults.filter((it) => fits(it, engine)).map((fault) => ({ fault, unaffected: unaffectedClaimOf(fault) }));
  }

  /**
   * Puts a lab under the faults of the run, those of the trial under way included.
   * @returns path of the socket at which the suite finds its engine
   */
  async join(lab: Lab): Promise<string> {
    const socketPath = path.join(path.dirname(lab.socketPath), proxySocket);
    const proxy = await spoilingProxy(lab.socketPath, socketPath);
    proxy.spoil(this.current?.api ?? []);
    this.labs.push({ lab, proxy });
    if (this.current?.inject !== undefined) await onHost(lab, this.current.inject);
    return socketPath;
  }

  /** A lab is about to end: no fault is injected there any more. */
  leave(lab: Lab): void {
    const index = this.labs.findIndex((it) => it.lab === lab);
    for (const { proxy } of index < 0 ? [] : this.labs.splice(index, 1)) proxy.close();
  }

  /** The last part of the socket's path. */
  readonly socketName = proxySocket;

  /** Arguments of the daemon for a lab that is asked for with some. */
  argsFor(asked: readonly string[]): readonly string[] {
    return this.current?.labArgs ?? asked;
  }

  /**
   * Judges a claim again under each fault that must turn it red or leave it unjudged, and under those that must leave it alone.
   * @param judge with the scenes that there are, or with scenes made anew
   * @param repaired told after each of them, when the fault is there no longer
   */
  async of(claim: string, judge: Judge, repaired: () => Promise<void>): Promise<Trial[]> {
    const trials: Trial[] = [];
    const tried = async (fault: TrialFault, outcome: () => Promise<ClaimRecord>) => {
      trials.push(await this.trial(fault, claim, outcome));
      await repaired();
    };
    for (const { fault, unaffected } of this.faults) {
      if (fault.kills.includes(claim)) await tried(fault, () => judgeTwice(judge, fault));
      else if (fault.blocks?.includes(claim)) await tried(fault, () => judge('anew'));
      else if (unaffected === claim) await tried(fault, () => judgeUnaffected(judge));
    }
    return trials;
  }

  /** Nobody asks the engines any more. */
  close(): void {
    for (const { proxy } of this.labs) proxy.close();
  }

  private async trial(fault: TrialFault, claim: string, judge: () => Promise<ClaimRecord>): Promise<Trial> {
    const startedAt = performance.now();
    this.current = fault;
    const outcome = await this.outcome(fault, judge);
    this.current = undefined;
    const undone = await this.undo(fault);
    return { claim, fault: fault.id, ...outcome, ...undone, durationMs: Math.round(performance.now() - startedAt) };
  }

  private async outcome(fault: TrialFault, judge: () => Promise<ClaimRecord>): Promise<Omit<Trial, 'claim' | 'fault' | 'durationMs'>> {
    try {
      for (const { lab, proxy } of [...this.labs]) {
        proxy.spoil(fault.api ?? []);
        if (fault.inject !== undefined) await onHost(lab, fault.inject);
      }
      const { verdict, reason } = await judge();
      return { verdict, ...(reason !== undefined && { reason }), killed: sawTheFault(fault, { verdict, reason }) };
    } catch (error) {
      return untold(error);
    }
  }

  /** Repairs all labs. @returns what there is to say where one cannot be repaired: what was seen in it is not to be trusted */
  private async undo(fault: TrialFault): Promise<Partial<Trial>> {
    let failed: Partial<Trial> = {};
    for (const { lab, proxy } of this.labs) {
      proxy.spoil([]);
      if (fault.undo !== undefined) await onHost(lab, fault.undo).catch((error: unknown) => (failed = untold(error)));
    }
    return failed;
  }
}

/** Judges a claim once; with scenes that are there already or with new ones. */
type Judge = (scenes: 'kept' | 'anew') => Promise<ClaimRecord>;

/** A fault of how things are made is not seen by what was made before. */
async function judgeTwice(judge: Judge, fault: TrialFault): Promise<ClaimRecord> {
  const withKept = await judge('kept');
  return sawTheFault(fault, withKept) ? withKept : await judge('anew');
}

/**
 * Whether a claim is red with what was there before as well as with what is made anew: each alone can have other reasons,
 * as what a claim does to a scene cannot always be done twice, and what is made beside it may find its ports taken.
 */
async function judgeUnaffected(judge: Judge): Promise<ClaimRecord> {
  const withKept = await judge('kept');
  return withKept.verdict === 'conforms' ? withKept : await judge('anew');
}

/** A trial that says nothing of the claim. */
function untold(error: unknown): { verdict: 'error'; reason: string; killed: false } {
  return { verdict: 'error', reason: (error as Error).message, killed: false };
}

/** A claim that deviated, or whose control failed; where a tool of the check is broken, one that ends in an error or in an unjudged control. */
function sawTheFault(
  { endsInError = false }: TrialFault,
  { verdict, reason = '' }: Pick<ClaimRecord, 'verdict'> & { reason?: string | undefined },
): boolean {
  const unjudged = verdict === 'blocked' && reason.startsWith(controlFailed);
  return unjudged || verdict === (endsInError ? 'error' : 'deviates');
}

/** @throws ProbeBroken where the script fails: nothing can be said then */
async function onHost(lab: Lab, script: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run(lab.enter(['timeout', '-s', 'KILL', `${scriptTime}`, 'sh', '-euc', scriptOf(script, {})]));
  if (exitCode !== 0)
    throw new ProbeBroken(
      `the script of a fault ended with status ${exitCode}: ${(stderr.trim() || stdout.trim()).replace(/\s+/g, ' ') || 'no message'}`,
    );
}

/** Adds trials to the file of a run. */
export function handOverTrials(file: string, trials: readonly Trial[]): void {
  appendFileSync(file, trials.map((trial) => `${JSON.stringify(trial)}\n`).join(''));
}

/**
 * Reads a file of {@link handOverTrials}. There is none where no claim came so far that it could be judged again.
 * @throws UserError for a file that holds something else
 */
export function readTrials(file: string): Trial[] {
  const refuse = (why: string, cause: unknown) =>
    new UserError(`${file} ${why}.`, 'Run the faults again; if it comes again, report it.', exitStatus.failed, { cause });
  try {
    return readText(file, largest.results)
      .split('\n')
      .filter(Boolean)
      .map((line) => trialSchema.parse(parseJson(line)));
  } catch (error) {
    if (error instanceof FileProblem) {
      if (error.missing) return [];
      throw refuse(error.message, error);
    }
    throw refuse(`holds what is no trial of a fault: ${truncate(oneLine(z.prettifyError(error as z.ZodError)), 300)}`, error);
  }
}
