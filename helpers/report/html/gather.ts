import { catalogue } from '../../../fixtures/claims';
import type { Failure } from '../../results/report-input';
import { changesOf, dayOf, sinceOf } from '../../results/history';
import type { ClaimResult, JudgedRun, Results } from '../../results/results';
import { formatDuration, harmlessThroughout } from '../../base/text';
import { exitMeaning } from '../../results/verdict-summary';
import { sinceBaselineOf } from '../text/summary';
import { quoted } from './quote';
import type { Cell, ClaimRow, Column, PastRun, ReportData, Run, Topology } from './report-data';

/**
 * Turns results into what the page shows: columns in the given order, engines without results behind them, and each
 * claim once. No text in it has control characters, whatever engines answered.
 */
export function gather(results: readonly Results[], failures: readonly Failure[], topologies: readonly Topology[]): ReportData {
  const runs = results.map((it): Omit<Column, 'label'> => ({ engine: it.engine.id, run: runOf(it) }));
  const failed = failures.map((it): Omit<Column, 'label'> => ({ engine: it.engine, failure: it.reason }));
  const columns = labelled([...runs, ...failed]);
  return harmlessThroughout({
    suite: results[0]?.suite.name ?? 'docker-network-conformance',
    columns,
    claims: rowsOf(results, columns.length),
    topologies: [...topologies],
  });
}

/** Gives every column a label of its own: the same engine the second time is `docker-28.5.2 (2)`. */
function labelled(columns: readonly Omit<Column, 'label'>[]): Column[] {
  const seen = new Map<string, number>();
  return columns.map((column) => {
    const times = (seen.get(column.engine) ?? 0) + 1;
    seen.set(column.engine, times);
    return { label: times === 1 ? column.engine : `${column.engine} (${String(times)})`, ...column };
  });
}

function runOf(results: Results): Run {
  const { engine, suite, shard, startedAt, durationMs, host, notLookedAt = [], statements = [], summary } = results;
  const since = sinceBaselineOf(results);
  const notes = [...(results.interrupted ? [exitMeaning(results) ?? ''] : []), ...(since ? [since.line] : []), ...results.notes];
  const { name, version, apiVersion, kernel, firewallBackend, rootless, mode, reachedBy, image } = engine;
  const { conforms, deviates, waived, 'not-applicable': notApplicable, blocked, error } = summary;
  const counts = { conforms, deviates, waived, 'not-applicable': notApplicable, blocked, error };
  const facts = { name, version, apiVersion, kernel, firewallBackend, rootless, mode, reachedBy, image };
  return {
    ...facts,
    suite: suite.version,
    runId: suite.runId,
    shard,
    startedAt,
    duration: formatDuration(durationMs),
    notes,
    statements: statements.map(({ text, command }) => ({ text, command })),
    notLookedAt: notLookedAt.map(({ what, reason }) => ({ what, reason })),
    leftovers: host.leftovers,
    counts,
  };
}

/** All claims, each behind the one that it follows in the first results that have it. */
function rowsOf(results: readonly Results[], columns: number): ClaimRow[] {
  const order: string[] = [];
  const rows = new Map<string, ClaimRow>();
  for (const [column, { claims }] of results.entries()) {
    let before = -1;
    for (const claim of claims) {
      const row = rows.get(claim.id) ?? newRow(claim, columns);
      if (rows.has(claim.id)) before = order.indexOf(claim.id);
      else order.splice(++before, 0, claim.id);
      row.cells[column] = cellOf(claim);
      rows.set(claim.id, row);
    }
  }
  return order.flatMap((id) => rows.get(id) ?? []);
}

const known = new Map(catalogue.map((claim) => [claim.id, claim]));

function newRow({ id, area, section, level, title, sources }: ClaimResult, columns: number): ClaimRow {
  const { observedBy, topology } = known.get(id) ?? {};
  return { id, area, section, level, title, sources, observedBy, topology, cells: Array<null>(columns).fill(null) };
}

function cellOf(claim: ClaimResult): Cell {
  const { verdict, reason, boundary, waiver, durationMs, attempts, evidence, cause } = claim;
  const changes = changesOf(claim).map(({ before, after, ...it }) => ({ ...it, before: pastRun(before), after: pastRun(after) }));
  const since = sinceOf(claim);
  const quotedOf = (steps: Cell['evidence']) => steps.map((step) => quoted(step, verdict));
  return {
    verdict,
    reason,
    boundary,
    waiver,
    duration: formatDuration(durationMs),
    attempts,
    evidence: quotedOf(evidence),
    cause: cause && { ...cause, evidence: quotedOf(cause.evidence) },
    ...(changes.length > 0 && { changes }),
    ...(since && { since: pastRun(since.first) }),
  };
}

function pastRun(run: JudgedRun): PastRun {
  return { engine: run.engine, day: dayOf(run), suite: run.suite };
}
