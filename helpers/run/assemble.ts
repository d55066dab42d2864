import { readFileSync } from 'node:fs';
import { catalogue } from '../../fixtures/claims';
import type { Claim } from '../../fixtures/claims/model';
import { topologies } from '../../fixtures/topologies';
import type { Inapplicable } from '../claim/applicability';
import { topologyFile } from '../containers/observed-topology';
import type { ClaimRecord } from '../claim/verdict';
import { notLookedAt } from '../results/not-looked-at';
import { resultsSchema, schemaVersion, type ClaimResult, type ObservedTopology, type Results } from '../results/results';
import { withStatements } from '../results/statements';
import { summarize } from '../results/verdict-summary';
import { isChecked, type RunContext } from '../claim/context';
import { changeSince, toldOf, type Baseline } from './baseline';
import { specFile } from './selection';
import type { HostReport } from './session';
import { dayOf, waiverBeside, type WaiverInForce } from './waivers';

/** What Jest itself says of one spec file. */
export interface SpecReport {
  /** path relative to the project, with forward slashes */
  file: string;
  /** why the file could not be run at all */
  crash: string | undefined;
  /** ids of the claims that Jest left out, because of a filter of its own */
  leftOut: ReadonlySet<string>;
  /** messages of the failures that Jest saw, by claim id */
  failures: ReadonlyMap<string, string>;
}

/** What the topologies of a run looked like, in the order of the fixtures. What breaks the format, as half a file of a worker that was killed does, is left out. */
export function readTopologies(directory: string): ObservedTopology[] {
  return Object.keys(topologies).flatMap((name) => {
    try {
      return [resultsSchema.shape.topologies.element.parse(JSON.parse(readFileSync(topologyFile(directory, name), 'utf8')))];
    } catch {
      return [];
    }
  });
}

export interface Parts {
  context: RunContext;
  waivers: ReadonlyMap<string, WaiverInForce>;
  notes: readonly string[];
  startedAt: Date;
  suite: { name: string; version: string };
  records: ReadonlyMap<string, ClaimRecord>;
  topologies: ObservedTopology[];
  specs: readonly SpecReport[];
  host: HostReport;
  strict: boolean;
  /** the share of the applicable claims that the run must judge; of a shard it is asked when shards are merged */
  leastJudged: number;
  /** which part of the claims was selected, if it was a part */
  shard?: Results['shard'];
  /** how the run was started */
  again?: Results['again'];
  /** what it is compared with */
  baseline?: Baseline;
  /** the run ended, or goes on, before all was judged: Jest has said nothing of its spec files, and what is missing is left out */
  interrupted?: boolean;
}

/** Puts one run's results together. Each selected claim gets a verdict; one that nobody reported on is an error, unless the run was interrupted. */
export function assembleResults(parts: Parts): Results {
  return resultsWith(claimsOf(parts), parts);
}

/** What became of the claims of a run, in the order of the catalogue. */
export function claimsOf({ context, waivers, startedAt, records, specs, baseline, interrupted = false }: Parts): ClaimResult[] {
  const selected = new Set(context.selected);
  return catalogue
    .filter(({ id }) => selected.has(id))
    .flatMap((claim) => {
      const spec = interrupted ? unseen(claim) : specs.find(({ file }) => file === specFile(claim));
      const filtered = spec?.leftOut.has(claim.id) && !context.inapplicable[claim.id];
      const missing = interrupted && !records.has(claim.id) && isChecked(claim.id, context);
      if (!spec || filtered || missing) return [];
      const result = resultOf(claim, context, records.get(claim.id), spec);
      const waiver = waiverBeside(result.verdict, waivers.get(claim.id), dayOf(startedAt));
      const accepted = { ...result, ...(waiver && { waiver }) };
      return [baseline ? { ...accepted, sinceBaseline: changeSince(baseline, accepted) } : accepted];
    });
}

/** Jest's word on a spec file that it is not done with. */
function unseen(claim: Claim): SpecReport {
  return { file: specFile(claim), crash: undefined, leftOut: new Set(), failures: new Map() };
}

/** The results of a run with these claims. */
export function resultsWith(
  claims: ClaimResult[],
  { context, notes, startedAt, suite, topologies: observed, host, strict, leastJudged, shard, again, baseline, interrupted = false }: Parts,
): Results {
  const { engine } = context;
  return withStatements({
    schemaVersion,
    suite: { ...suite, runId: context.runId },
    engine: {
      id: engine.id,
      kind: engine.kind,
      name: engine.name,
      ...(engine.mode !== undefined && { mode: engine.mode }),
      version: engine.version,
      apiVersion: engine.apiVersion,
      kernel: engine.kernel,
      firewallBackend: engine.firewallBackend,
      rootless: engine.rootless,
      reachedBy: context.reachedBy,
      image: context.image.description,
    },
    ...(shard && { shard }),
    ...(again && { again }),
    startedAt: startedAt.toISOString(),
    // clocks are set back now and then
    durationMs: Math.max(0, Date.now() - startedAt.getTime()),
    ...(host.used && { used: host.used }),
    ...(interrupted && { interrupted, notReached: context.selected.length - claims.length }),
    ...(baseline && { baseline: toldOf(baseline, catalogue) }),
    notes: [...notes, ...host.notes],
    claims,
    topologies: observed,
    host: { before: host.before, after: host.after, leftovers: host.leftovers },
    notLookedAt: notLookedAt(claims),
    summary: summarize(claims, {
      strict,
      leftovers: host.leftovers,
      leastJudged,
      part: shard !== undefined,
      interrupted,
      baseline: baseline !== undefined,
    }),
  });
}

type Outcome = Omit<ClaimResult, 'id' | 'area' | 'section' | 'level' | 'title' | 'sources'>;

function notTried({ verdict, reason, evidence, boundary }: Inapplicable): Outcome {
  return { verdict, reason, ...(boundary && { boundary }), durationMs: 0, attempts: 0, evidence };
}

/** What was seen of a superseded claim is shown; it is no verdict on an engine that does not promise it. */
function afterTrial(inapplicable: Inapplicable, { verdict, reason = '', startedAt, durationMs, evidence }: ClaimRecord): Outcome {
  const { boundary, ...outcome } = notTried(inapplicable);
  const seen = {
    conforms: 'it holds all the same',
    deviates: 'it holds no longer',
    blocked: `it was not tried, ${reason}`,
    error: `it could not be tried, ${reason}`,
  }[verdict];
  const wasSeen = verdict === 'conforms' || verdict === 'deviates';
  return {
    ...outcome,
    reason: `${inapplicable.reason}; ${seen}`,
    ...(boundary && { boundary: { ...boundary, ...(wasSeen && { holds: verdict === 'conforms' }) } }),
    startedAt,
    durationMs,
    attempts: 1,
    evidence: [...inapplicable.evidence, ...evidence],
  };
}

function resultOf(claim: Claim, context: RunContext, record: ClaimRecord | undefined, spec: SpecReport): ClaimResult {
  const { id, area, section, level, title, sources } = claim;
  const base = { id, area, section, level, title, sources };
  const inapplicable = context.inapplicable[id];
  if (inapplicable) return { ...base, ...(inapplicable.tried && record ? afterTrial(inapplicable, record) : notTried(inapplicable)) };
  const failure = spec.failures.get(id);
  if (!record) {
    const reason = spec.crash ?? failure ?? `${spec.file} ended without a verdict on this claim`;
    return { ...base, verdict: 'error', reason, durationMs: 0, attempts: 0, evidence: [] };
  }
  // a claim that judged itself well, but that Jest saw fail (its own time limit, a hook), is no pass
  const contradicted = failure !== undefined && record.verdict !== 'deviates' && record.verdict !== 'error';
  return {
    ...base,
    verdict: contradicted ? 'error' : record.verdict,
    ...(contradicted ? { reason: failure } : record.reason !== undefined && { reason: record.reason }),
    ...(record.lacks && !contradicted && { lacks: record.lacks }),
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    attempts: 1,
    evidence: record.evidence,
    ...(record.cause && !contradicted && { cause: record.cause }),
  };
}
