import semver from 'semver';
import type { ReportInput } from './report-input';

/**
 * Orders ids of engines: by kind, then version, then mode, the plain engine before its modes. Where a version is none of
 * semver's, its first numbers count.
 */
export function compareEngines(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  return byLetters(a.kind, b.kind) || semver.compare(a.version, b.version) || byLetters(a.mode, b.mode) || byLetters(one, other);
}

/** The same input in the order of the engines; runs of one engine in the order in which they were started. */
export function inOrder({ results, failures }: ReportInput): ReportInput {
  return {
    results: [...results].sort(
      (one, other) =>
        compareEngines(one.engine.id, other.engine.id) ||
        byLetters(one.startedAt, other.startedAt) ||
        byLetters(one.suite.runId, other.suite.runId),
    ),
    failures: [...failures].sort((one, other) => compareEngines(one.engine, other.engine) || byLetters(one.reason, other.reason)),
  };
}

/** Of these engines, the one with the highest version below that of an engine, of the same kind and in the same mode. */
export function predecessorOf(engine: string, among: readonly string[]): string | undefined {
  const { kind, version, mode } = partsOf(engine);
  return among
    .filter((it) => {
      const other = partsOf(it);
      return other.kind === kind && other.mode === mode && semver.lt(other.version, version);
    })
    .sort(compareEngines)
    .at(-1);
}

function partsOf(id: string): { kind: string; version: semver.SemVer; mode: string } {
  const [, kind = id, version = '', mode = ''] = /^([^-]*)-([^+]*)\+?(.*)$/.exec(id) ?? [];
  return { kind, version: semver.parse(version) ?? semver.coerce(version) ?? new semver.SemVer('0.0.0'), mode };
}

/** Not by the rules of a language, so that the order is the same on every machine. */
function byLetters(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
