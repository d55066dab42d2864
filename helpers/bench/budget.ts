import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { catalogue } from '../../fixtures/claims';
import { print } from '../base/output';
import { projectRoot } from '../base/project';
import { exitStatus, UserError } from '../base/user-error';
import { writeFileAtomically } from '../base/write-file';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';

/** What a run may use at most, by what it judged: an area alone, or `all`. They are counts of Docker 28.5.2 in a lab. */
const file = path.join(projectRoot, 'fixtures', 'budgets.json');

const budget = z.strictObject({
  containers: z.number(),
  networks: z.number(),
  execs: z.number(),
  daemons: z.number(),
  processes: z.number(),
});
const budgets = z.record(z.string(), budget);

export type Budget = z.infer<typeof budget>;

/**
 * How many times its budget a run may use: processes come and go with what is waited for, and a lab that was too slow for one
 * claim is started again for the next. Of an area alone that is nothing more but for processes.
 */
const allowed: Record<keyof Budget, number> = { containers: 1.02, networks: 1.02, execs: 1, daemons: 1.05, processes: 1.15 };

/** What a run used more of than it may, one line each. */
export function overBudget(used: Budget, limits: Budget): string[] {
  return (Object.keys(allowed) as (keyof Budget)[]).flatMap((kind) =>
    used[kind] > limits[kind] * allowed[kind] ? [`${kind}: ${used[kind]}, where ${limits[kind]} are allowed`] : [],
  );
}

/** What a run judged, as budgets name it. @throws UserError for a run that judged some claims of an area, or of several */
export function judgedBy({ claims }: Pick<Results, 'claims'>): string {
  const areas = new Set(claims.map(({ area }) => area));
  const [area = ''] = areas;
  const whole = catalogue.filter((claim) => areas.size > 1 || claim.area === area).length;
  if (claims.length === 0 || claims.length !== whole)
    throw new UserError(
      'There are budgets for one area alone and for all claims.',
      'Run one area (--area), or everything.',
      exitStatus.usage,
    );
  return areas.size > 1 ? 'all' : area;
}

/** Holds runs against the budgets, or makes these runs the budgets. @returns the exit status */
export function budgetCommand(files: readonly string[], { update }: { update: boolean }): number {
  const known = budgets.parse(JSON.parse(readFileSync(file, 'utf8')));
  const over: string[] = [];
  for (const results of files.map((name) => readResults(name))) {
    const judged = judgedBy(results);
    const { used } = results;
    if (used?.processes === undefined)
      throw new UserError(
        'Of this run it is not known what it used.',
        'Judge in a lab (--engine docker-28), to the end.',
        exitStatus.usage,
      );
    const { containers, networks, execs, daemons, processes } = used;
    const counted = { containers, networks, execs, daemons, processes };
    const limits = known[judged];
    print(`${judged}: ${JSON.stringify(counted)}\n`);
    if (update) known[judged] = counted;
    else if (!limits) over.push(`${judged}: has no budget`);
    else over.push(...overBudget(counted, limits).map((line) => `${judged}: ${line}`));
  }
  if (update)
    writeFileAtomically(
      file,
      `${JSON.stringify(Object.fromEntries(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`,
    );
  for (const line of over) print(`over budget: ${line}\n`);
  return over.length > 0 ? exitStatus.deviates : exitStatus.conforms;
}
