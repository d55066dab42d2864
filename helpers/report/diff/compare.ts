import { exitStatus, UserError } from '../../base/user-error';
import { countsLine, headOf } from '../text/summary';
import type { ClaimResult, Results, Verdict } from '../../results/results';
import { oneLine, truncate } from '../../base/text';
import { kindOfChange } from '../../results/change-kind';
import { changeKinds, type ChangeKind } from '../../results/results';
import { tellingSteps } from './telling';

/** What one of the two runs said of a claim. */
export interface Side extends Pick<ClaimResult, 'verdict' | 'reason' | 'cause'> {
  /** the few steps that tell most */
  evidence: ClaimResult['evidence'];
}

/** A claim that is not what it was. */
export interface Change extends Pick<ClaimResult, 'id' | 'area' | 'section' | 'level' | 'title'> {
  kind: ChangeKind;
  /** the version boundary that lies between the two engines */
  boundary?: ClaimResult['boundary'];
  /** absent where the claim is new */
  before?: Side;
  /** absent where the claim is gone */
  after?: Side;
}

/** One of the two runs. */
export interface Run extends Pick<Results, 'suite' | 'engine' | 'startedAt' | 'summary'> {
  /** the engine in words */
  described: string;
  /** the counts in words */
  counts: string;
}

/** Something besides the engine's version that is not the same in both runs, for a change may be due to it. */
export interface RunDetail {
  what: string;
  before: string;
  after: string;
}

/** What changed between two runs; it is what `diff --json` prints. */
export interface Comparison {
  before: Run;
  after: Run;
  details: RunDetail[];
  /** by kind, then in the order of the catalogue */
  changes: Change[];
  /** how many claims have the same verdict for the same reason, by verdict */
  unchanged: Record<Verdict, number>;
  /** 1 where a claim regressed, else 0 */
  exitStatus: number;
}

/**
 * Compares two runs, claim by claim.
 * @throws UserError where they are of different suites, which have nothing in common
 */
export function compareResults(before: Results, after: Results): Comparison {
  mustBeOfOneSuite(before, after);
  const unchanged: Comparison['unchanged'] = { conforms: 0, deviates: 0, 'not-applicable': 0, blocked: 0, error: 0 };
  const earlier = new Map(before.claims.map((claim) => [claim.id, claim]));
  const found: Change[] = [];
  for (const claim of after.claims) {
    const was = earlier.get(claim.id);
    earlier.delete(claim.id);
    const kind = was ? kindOfChange(was, claim) : 'new';
    if (kind) found.push(change(kind, was, claim));
    else unchanged[claim.verdict] += 1;
  }
  for (const claim of earlier.values()) found.push(change('gone', claim, undefined));
  const changes = changeKinds.flatMap((kind) => found.filter((it) => it.kind === kind));
  const status = changes.some(({ kind }) => kind === 'regressed') ? exitStatus.deviates : exitStatus.conforms;
  return { before: runOf(before), after: runOf(after), details: details(before, after), changes, unchanged, exitStatus: status };
}

/** How many changes are of each kind; kinds without any are left out. */
export function changesByKind({ changes }: Comparison): { kind: ChangeKind; changes: Change[] }[] {
  return changeKinds
    .map((kind) => ({ kind, changes: changes.filter((it) => it.kind === kind) }))
    .filter((group) => group.changes.length > 0);
}

function mustBeOfOneSuite({ suite: { name: one } }: Results, { suite: { name: other } }: Results): void {
  if (one === other) return;
  throw new UserError(
    `The files are of different suites, ${truncate(oneLine(one), 100)} and ${truncate(oneLine(other), 100)}: there is nothing to compare.`,
    'Name two files that --json of one suite wrote.',
    exitStatus.usage,
  );
}

/** At least one of both is there. The later one says what the claim is about. */
function change(kind: ChangeKind, before: ClaimResult | undefined, after: ClaimResult | undefined): Change {
  const { id, area, section, level, title } = (after ?? before) as ClaimResult;
  const boundary = after?.boundary ?? before?.boundary;
  return {
    kind,
    id,
    area,
    section,
    level,
    title,
    ...(boundary && { boundary }),
    ...(before && { before: sideOf(before) }),
    ...(after && { after: sideOf(after) }),
  };
}

function sideOf(claim: ClaimResult): Side {
  const { verdict, reason, cause } = claim;
  return { verdict, ...(reason !== undefined && { reason }), ...(cause && { cause }), evidence: tellingSteps(claim) };
}

function runOf(results: Results): Run {
  const { suite, engine, startedAt, summary } = results;
  return { suite, engine, startedAt, summary, described: new Map(headOf(results)).get('Engine') ?? engine.id, counts: countsLine(results) };
}

function details(before: Results, after: Results): RunDetail[] {
  const [earlier, later] = [detailsOf(before), detailsOf(after)];
  return Object.entries(earlier).flatMap(([what, value]) => {
    const now = later[what] ?? '';
    // older engines do not say it
    const unknown = value === 'unknown' || now === 'unknown';
    return value === now || unknown ? [] : [{ what, before: value, after: now }];
  });
}

function detailsOf({ suite, engine, notes }: Results): Record<string, string> {
  const { kernel, firewallBackend, rootless, reachedBy, image } = engine;
  const values = {
    suite: suite.version,
    kernel,
    'firewall backend': firewallBackend,
    rootless: rootless ? 'yes' : 'no',
    reached: reachedBy,
    image,
    notes: notes.join('; ') || 'none',
  };
  return Object.fromEntries(Object.entries(values).map(([what, value]) => [what, oneLine(value)]));
}
