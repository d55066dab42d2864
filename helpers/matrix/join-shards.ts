import { catalogue } from '../../fixtures/claims';
import { topologies } from '../../fixtures/topologies';
import { defaultLeastJudged, withLeastJudged } from '../results/judged-share';
import { withStatements } from '../results/statements';
import { notLookedAt } from '../results/not-looked-at';
import type { ObservedTopology, Results } from '../results/results';
import { exitStatus, UserError, worstStatus } from '../base/user-error';

/** Results, and the file that they were read from. */
export interface Read {
  readonly file: string;
  readonly results: Results;
}

/** Counted together, these are counts of the whole. */
const counts = ['conforms', 'deviates', 'waived', 'not-applicable', 'blocked', 'error'] as const;

/**
 * Joins the shards of each run into the results that the run would have had on one machine. Results of a whole run stay
 * as they are.
 * @throws UserError (usage) where a shard is missing, is there twice, or does not fit the others; it names the files.
 */
export function joinShards(read: readonly Read[]): Results[] {
  const whole = read.filter(({ results }) => results.shard === undefined);
  const runs = new Map<string, Read[]>();
  for (const part of read.filter(({ results }) => results.shard !== undefined)) {
    const { engine, suite, shard } = part.results;
    const key = [engine.id, suite.version, shard?.total].join(' ');
    runs.set(key, [...(runs.get(key) ?? []), part]);
  }
  return [...whole.map(({ results }) => results), ...[...runs.values()].map(joined)];
}

function joined(parts: Read[]): Results {
  const ordered = [...parts].sort((one, other) => indexOf(one) - indexOf(other));
  const shards = ordered.map(({ results }) => results);
  const [{ shard, ...first }] = shards as [Results, ...Results[]];
  mustBeComplete(ordered, first.engine.id, shard?.total ?? 1);
  mustNotOverlap(ordered);
  mustHaveOneBaseline(ordered);
  const interrupted = shards.some((it) => it.interrupted);
  return withStatements({
    ...first,
    ...(interrupted && { interrupted, notReached: shards.reduce((sum, { notReached = 0 }) => sum + notReached, 0) }),
    suite: { ...first.suite, runId: shards.map(({ suite }) => suite.runId).join('+') },
    startedAt: shards.map(({ startedAt }) => startedAt).sort()[0] ?? first.startedAt,
    // what the machines spent together: clocks of different machines do not tell how much time passed
    durationMs: shards.reduce((sum, { durationMs }) => sum + durationMs, 0),
    ...(shards.every(({ used }) => used) && { used: usedTogether(shards.flatMap(({ used }) => used ?? [])) }),
    notes: [...new Set([...shards.flatMap(({ notes }) => notes), ...differentHosts(shards)])],
    claims: inOrderOf(
      catalogue.map(({ id }) => id),
      shards.flatMap(({ claims }) => claims),
      ({ id }) => id,
    ),
    topologies: inOrderOf(Object.keys(topologies), shards.flatMap((it) => it.topologies).filter(isFirstOfItsName), ({ name }) => name),
    host: { ...first.host, leftovers: shards.flatMap(({ host }) => host.leftovers) },
    notLookedAt: notLookedAt(shards.flatMap(({ claims }) => claims)),
    // no shard alone has judged too little: it is the whole of which that is asked
    summary: withLeastJudged(
      {
        ...(Object.fromEntries(counts.map((name) => [name, shards.reduce((sum, { summary }) => sum + summary[name], 0)])) as Record<
          (typeof counts)[number],
          number
        >),
        ...(first.baseline && { inBaseline: shards.reduce((sum, { summary }) => sum + (summary.inBaseline ?? 0), 0) }),
        exitStatus: worstStatus(shards.map(({ summary }) => summary.exitStatus)),
      },
      Math.max(...shards.map(({ summary }) => summary.leastJudged ?? defaultLeastJudged)),
    ),
  });
}

function usedTogether(parts: readonly NonNullable<Results['used']>[]): NonNullable<Results['used']> {
  const sum = (of: (part: NonNullable<Results['used']>) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    containers: sum(({ containers }) => containers),
    networks: sum(({ networks }) => networks),
    execs: sum(({ execs }) => execs),
    daemons: sum(({ daemons }) => daemons),
    ...(parts.every(({ processes }) => processes !== undefined) && { processes: sum(({ processes = 0 }) => processes) }),
    cpuSeconds: Math.round(sum(({ cpuSeconds }) => cpuSeconds) * 10) / 10,
  };
}

function mustBeComplete(ordered: readonly Read[], engine: string, total: number): void {
  for (const [position, part] of ordered.entries()) {
    const before = ordered[position - 1];
    if (before && indexOf(before) === indexOf(part)) {
      throw new UserError(
        `Shard ${indexOf(part)}/${total} of ${engine} is there twice: ${before.file} and ${part.file}.`,
        'Name the files of one run, each once.',
        exitStatus.usage,
      );
    }
  }
  const there = new Set(ordered.map(indexOf));
  const missing = Array.from({ length: total }, (_, index) => index + 1).filter((index) => !there.has(index));
  if (missing.length > 0) {
    const named = missing.map((index) => `${index}/${total}`).join(', ');
    const subject = missing.length === 1 ? `shard ${named} is` : `shards ${named} are`;
    throw new UserError(
      `Of ${engine}, ${subject} missing.`,
      `Name the results of all ${total} shards, or run what is missing with --shard.`,
      exitStatus.usage,
    );
  }
}

function mustHaveOneBaseline(ordered: readonly Read[]): void {
  const [first, ...others] = ordered;
  const other = others.find(({ results }) => results.baseline?.startedAt !== first?.results.baseline?.startedAt);
  if (first && other)
    throw new UserError(
      `${first.file} and ${other.file} are no shards of one run of ${other.results.engine.id}: they are compared with different baselines, or one with none.`,
      'Name the same --baseline for every shard, or none, and name it to merge.',
      exitStatus.usage,
    );
}

function mustNotOverlap(ordered: readonly Read[]): void {
  const judgedIn = new Map<string, Read>();
  for (const part of ordered) {
    for (const { id } of part.results.claims) {
      const other = judgedIn.get(id);
      if (other) {
        throw new UserError(
          `${other.file} and ${part.file} are no shards of one run of ${part.results.engine.id}: both judge ${id}.`,
          'Select the same claims for every shard.',
          exitStatus.usage,
        );
      }
      judgedIn.set(id, part);
    }
  }
}

/** Shards may have run on machines that are not alike, which a reader of the whole cannot see elsewhere. */
function differentHosts(shards: readonly Results[]): string[] {
  return (['name', 'apiVersion', 'kernel', 'firewallBackend', 'reachedBy', 'image'] as const).flatMap((fact) => {
    const seen = [...new Set(shards.map(({ engine }) => engine[fact]))];
    return seen.length > 1 ? [`the shards ran on hosts that are not alike, ${fact}: ${seen.join('; ')}`] : [];
  });
}

/** In the order that these names have; what this version of the suite does not know comes last. */
function inOrderOf<T>(names: readonly string[], all: readonly T[], nameOf: (one: T) => string): T[] {
  const place = new Map(names.map((name, index) => [name, index]));
  const placeOf = (one: T): number => place.get(nameOf(one)) ?? names.length;
  return [...all].sort((one, other) => placeOf(one) - placeOf(other));
}

function isFirstOfItsName({ name }: ObservedTopology, index: number, all: readonly ObservedTopology[]): boolean {
  return all.findIndex((it) => it.name === name) === index;
}

function indexOf({ results }: Read): number {
  return results.shard?.index ?? 1;
}
