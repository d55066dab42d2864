/** One way to do the same work, and how long it takes. */
export interface Contender<Id extends string> {
  id: Id;
  /** for people, a few words */
  title: string;
  /** does the work once, and answers how many milliseconds it took */
  measure: () => Promise<number>;
}

/** What was measured of one contender, in milliseconds. */
export interface Measurement<Id extends string = string> {
  id: Id;
  title: string;
  median: number;
  min: number;
  max: number;
  /** in the order in which they were measured */
  samples: number[];
}

/**
 * Lets the contenders take turns, so that whatever else this machine does meets them all alike. Each has one turn that
 * is not counted, to warm caches.
 * @param warm called after the turns that are not counted
 */
export async function takingTurns<Id extends string>(
  contenders: readonly Contender<Id>[],
  rounds: number,
  progress: (line: string) => void,
  warm: () => void,
): Promise<Measurement<Id>[]> {
  const samples = new Map<Id, number[]>(contenders.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? 'Warming up …' : `Round ${round} of ${rounds} …`);
    for (const { id, measure } of contenders) {
      const milliseconds = await measure();
      if (round > 0) samples.get(id)?.push(milliseconds);
    }
    if (round === 0) warm();
  }
  return contenders.map(({ id, title }) => ({ id, title, ...statistics(samples.get(id) ?? []) }));
}

/** Median, least and most of some numbers, at least one. */
export function statistics(samples: number[]): Pick<Measurement, 'median' | 'min' | 'max' | 'samples'> {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
  return { median, min: Math.min(...samples), max: Math.max(...samples), samples };
}

/** How long something takes, in milliseconds. */
export async function duration(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
