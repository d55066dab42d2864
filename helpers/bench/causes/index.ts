import path from 'node:path';
import { everydayFaults } from '../../../fixtures/faults/everyday';
import { print } from '../../base/output';
import { exitStatus, UserError } from '../../base/user-error';
import { writeFileAtomically } from '../../base/write-file';
import { connectTimeoutSeconds } from '../../vantage/fetch';
import { statistics } from '../measure';
import { aligned } from '../summary';
import { tryFault, type Tried } from './try-fault';

/** How many of the failed probe's own time limits a cause may cost. */
const bar = 5;

/** Where the figures go, against the working directory. */
const reportFile = path.join('reports', 'causes.json');

/**
 * Breaks a lab in each of the chosen ways, and tells what finding the cause cost, in time limits of the probe that failed.
 * @param chosen beginnings of ids of faults, all where there are none
 * @throws UserError (usage) where no fault has such an id
 */
export async function benchCauses(chosen: readonly string[], progress: (line: string) => void): Promise<number> {
  const faults = everydayFaults.filter(({ id }) => chosen.length === 0 || chosen.some((it) => id === it || id.startsWith(`${it}.`)));
  if (faults.length === 0)
    throw new UserError(
      `No fault is called ${chosen.join(' or ')}.`,
      'They stand in fixtures/faults/everyday; the beginning of an id will do, such as tc.',
      exitStatus.usage,
    );
  const tried: Tried[] = [];
  for (const [index, fault] of faults.entries()) {
    progress(`${index + 1} of ${faults.length}: ${fault.id} …`);
    tried.push(await tryFault(fault));
  }
  print(`\n${causesTable(tried)}\n written ${path.resolve(reportFile)}\n`);
  writeFileAtomically(reportFile, `${JSON.stringify({ probeSeconds: connectTimeoutSeconds, tried }, null, 2)}\n`);
  return exitStatus.conforms;
}

/** What each cause cost, the dearest first, and how that stands to the bar. */
export function causesTable(tried: readonly Tried[]): string {
  const limits = ({ milliseconds }: Tried) => milliseconds / 1000 / connectTimeoutSeconds;
  const rows = tried
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .map((it) => [it.fault, it.code, it.milliseconds.toFixed(0), limits(it).toFixed(2)]);
  const { median, max } = statistics(tried.map(limits));
  return `${aligned([['fault', 'cause', 'ms', 'limits'], ...rows])}\n\nin time limits of the probe (${connectTimeoutSeconds} s): median ${median.toFixed(2)}, most ${max.toFixed(2)}, bar ${bar}: ${max <= bar ? 'met' : 'missed'}\n`;
}
