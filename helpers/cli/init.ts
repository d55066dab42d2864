import { existsSync } from 'node:fs';
import path from 'node:path';
import { note, print, terminalStyle } from '../base/output';
import { counted, plain, shellWord } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { writeFileAtomically } from '../base/write-file';
import { Asker } from '../network/asker';
import { drawMatrix } from '../network/matrix';
import { newRunId, openEngine } from '../network/opened-engine';
import { proposal } from '../network/proposal';
import { whoReachesWhom, type Reachability } from '../network/who-reaches-whom';
import { dayOf } from '../run/waivers';
import { endOnSignals } from '../run/signals';
import { refusalOf } from '../trace/refusal';

export interface InitOptions {
  /** file of the spec; without it one in the folder `network` */
  output?: string;
  /** only containers of this compose project */
  compose?: string;
  engine?: string;
}

/** Writes a first spec of what runs, and draws who reaches whom. */
export async function initCommand({ output, compose, engine }: InitOptions): Promise<number> {
  if (output !== undefined) mustBeFree(output);
  const opening = openEngine({ privilegedDiagnosis: false, progress: note, ...(engine !== undefined && { engine }) }, newRunId());
  endOnSignals({ interrupt: () => opening.close() });
  const seen = await opening.opened
    .then((opened) => whoReachesWhom(new Asker(opened), compose, note))
    .catch((error: unknown) => {
      throw refusalOf(error);
    })
    .finally(() => opening.close());
  if (seen.parties.length === 0)
    throw new UserError(
      compose === undefined
        ? 'No container runs, so that there is nothing to write about.'
        : `No container of a compose project "${compose}" runs.`,
      'Start what you want to write about, and run this again.',
      exitStatus.usage,
    );
  const file = output ?? path.join('network', `${nameOf(seen)}.spec.mjs`);
  mustBeFree(file);
  writeFileAtomically(file, plain(proposal(seen, dayOf(new Date()))));
  print(
    `${drawMatrix(seen)}\n\nwritten ${file}, about ${counted(seen.parties.length, 'place')}. Edit it, and judge it with:\n`,
    terminalStyle(),
  );
  print(`  npx docker-network-conformance run --specs ${shellWord(file)}\n`, terminalStyle());
  return exitStatus.conforms;
}

/** What is written is edited by people, so that it is written once. */
function mustBeFree(file: string): void {
  if (existsSync(file))
    throw new UserError(`There is a ${file} already.`, 'Name another file with --output, and compare the two.', exitStatus.usage);
}

/** Of the project, where there is one alone. */
function nameOf({ parties }: Reachability): string {
  const projects = [...new Set(parties.map(({ project }) => project))];
  return (projects.length === 1 ? projects[0] : undefined) ?? 'network';
}
