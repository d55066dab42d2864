import semver from 'semver';
import { z } from 'zod';
import { catalogue } from '../../fixtures/claims';
import type { Waiver } from '../../fixtures/waivers/model';
import type { EngineFacts } from '../claim/engine-facts';
import type { ClaimResult, Verdict } from '../results/results';
import { oneLine, truncate } from '../base/text';
import { FileProblem, largest, readJson } from '../base/read-file';
import { exitStatus, UserError } from '../base/user-error';

/** A waiver that concerns the engine of a run. */
export interface WaiverInForce extends Omit<Waiver, 'engine'> {
  /** where it is written down: "the suite", or the file that the user named */
  from: string;
}

/** A file of waivers, as `--waivers` names it. Unlike the suite's own, one without an engine is for whichever engine is tested. */
const waiverFile = z.array(
  z.strictObject({
    claim: z.string(),
    engine: z
      .strictObject({
        kind: z.enum(['docker', 'podman']),
        versions: z
          .string()
          .max(200)
          .refine((range) => semver.validRange(range) !== null, { error: 'is not a range of versions, such as ">=5 <6"' }),
        mode: z.string().optional(),
      })
      .optional(),
    reason: z.string().min(1),
    link: z.url({ protocol: /^https?$/, error: 'is not an address of the web' }),
    expires: z.iso.date(),
  }),
);

/** Columns of what is wrong with a file. */
const longestReason = 300;

type UsersWaiver = z.infer<typeof waiverFile>[number];

/** What a user's file of waivers says. */
export interface UsersWaivers {
  /** its path, as the user named it */
  file: string;
  waivers: readonly UsersWaiver[];
}

/** The day of a time, as waivers write days: in UTC. */
export const dayOf = (time: Date) => time.toISOString().slice(0, 10);

/** The waivers of both origins that concern an engine, by claim; the user's own come before the suite's. */
export function waiversFor(
  engine: Pick<EngineFacts, 'id' | 'kind' | 'version'>,
  suites: readonly Waiver[],
  users: UsersWaivers | undefined,
): Map<string, WaiverInForce> {
  const mode = engine.id.split('+')[1];
  const concerns = ({ engine: about }: Pick<UsersWaiver, 'engine'>) =>
    about === undefined ||
    (about.kind === engine.kind && semver.satisfies(engine.version, about.versions) && (about.mode === undefined || about.mode === mode));
  const inForce = (waivers: readonly UsersWaiver[], from: string) =>
    waivers
      .filter(concerns)
      .map(({ claim, reason, link, expires }): [string, WaiverInForce] => [claim, { claim, reason, link, expires, from }]);
  return new Map([...inForce(suites, 'the suite'), ...inForce(users?.waivers ?? [], users?.file ?? '')]);
}

/**
 * Reads a user's file of waivers.
 * @throws UserError where it cannot be read, is no such file, or names a claim that does not exist: a waiver with a typo
 * would silently waive nothing.
 * @param known ids of all claims; without it those of the catalogue
 */
export function readWaivers(file: string, known: ReadonlySet<string> = new Set(catalogue.map(({ id }) => id))): UsersWaivers {
  const remedy =
    'It must be a JSON list of objects with claim, reason, link, expires (as 2027-06-30) and, if it is for some engines only, engine {kind, versions}.';
  const refuse = (why: string, cause?: unknown) =>
    new UserError(`${file} is not a file of waivers: ${truncate(oneLine(why), longestReason)}.`, remedy, exitStatus.usage, { cause });
  let content: unknown;
  try {
    content = readJson(file, largest.waivers);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw error.missing
      ? new UserError(`${file} ${error.message}.`, 'Name a file of waivers that exists, or leave --waivers out.', exitStatus.usage, {
          cause: error.cause,
        })
      : refuse(`it ${error.message}`, error.cause);
  }
  const parsed = waiverFile.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(issue ? `${z.core.toDotPath(issue.path)} ${issue.message}`.trim() : 'unknown violation', parsed.error);
  }
  const unknown = parsed.data.find(({ claim }) => !known.has(claim));
  if (unknown) throw refuse(`there is no claim "${unknown.claim}"`);
  return { file, waivers: parsed.data };
}

/**
 * What a waiver means beside a verdict.
 * @param today day of the run, as `2027-06-30`
 * @returns undefined where nothing was seen to which it could apply
 */
export function waiverBeside(verdict: Verdict, waiver: WaiverInForce | undefined, today: string): ClaimResult['waiver'] {
  if (!waiver || verdict === 'blocked' || verdict === 'error') return undefined;
  const { reason, link, expires, from } = waiver;
  const state = verdict !== 'deviates' ? 'needless' : today > expires ? 'expired' : 'applies';
  return { state, reason, link, expires, from };
}
