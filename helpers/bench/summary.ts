import type { ContenderId } from './contenders';
import type { CatalogueRun } from './catalogue-run';
import { statistics, type Measurement } from './measure';

/** One quotient of medians, and what it ought to be. */
export interface Ratio {
  title: string;
  value: number;
  /** largest value that the project allows itself; absent where there is none */
  bar?: number;
  /** what it would like to reach */
  aim?: number;
}

/** The ratios by which the suite is judged, from the medians of one run. */
export function ratios(measurements: readonly Measurement<ContenderId>[]): Ratio[] {
  const median = (id: ContenderId) => measurements.find((it) => it.id === id)?.median ?? NaN;
  return [
    { title: 'suite / script', value: median('suite') / median('script'), bar: 0.8, aim: 0.6 },
    { title: 'suite / bare API calls', value: median('suite') / median('bare-calls') },
    { title: 'suite with its host elsewhere / script', value: median('suite-with-helper') / median('script') },
    {
      title: '(suite with a lab - suite) / bare daemon',
      value: (median('suite-with-lab') - median('suite')) / median('bare-daemon'),
      bar: 1.3,
    },
    { title: 'lab / bare daemon', value: median('lab') / median('bare-daemon') },
  ];
}

/** Two tables for a terminal: the times, and the ratios beside their bars. */
export function table(measurements: readonly Measurement[], of: readonly Ratio[]): string {
  const times = measurements.map(({ title, median, min, max }) => [
    title,
    ...[median, min, max].map((milliseconds) => milliseconds.toFixed(0)),
  ]);
  const quotients = of.map(({ title, value, bar, aim }) => [
    title,
    value.toFixed(2),
    ...(bar === undefined ? [] : [`<= ${bar}`, value <= bar ? 'met' : 'missed']),
    ...(aim === undefined ? [] : [`aim ${aim}`]),
  ]);
  return `${aligned([['ms', 'median', 'min', 'max'], ...times])}\n\n${aligned([['ratio of medians', '', 'bar', '', ''], ...quotients])}\n`;
}

/** What runs of the catalogue took, against their calls alone, and the claims of the last one that took longest. */
export function catalogueTable(runs: readonly CatalogueRun[]): string {
  const rows = runs.map(({ claims, calls, suite, bareCalls }) => [
    `${claims} claims, ${calls} calls`,
    suite.toFixed(0),
    bareCalls.toFixed(0),
    (suite / bareCalls).toFixed(2),
  ]);
  const slowest = (runs.at(-1)?.slowest ?? []).map(({ id, durationMs }) => [id, durationMs.toFixed(0)]);
  const { median } = statistics(runs.map(({ suite, bareCalls }) => suite / bareCalls));
  const bar = 1.3;
  return `${aligned([['ms', 'suite', 'the same calls', 'ratio'], ...rows])}\n\nmedian of the ratios ${median.toFixed(2)}, bar ${bar}: ${median <= bar ? 'met' : 'missed'}\n\n${aligned([['slowest claims', 'ms'], ...slowest])}\n`;
}

/** Rows as columns: the first to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
