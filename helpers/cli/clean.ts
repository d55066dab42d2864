import { eventually } from '../claim/eventually';
import { connect } from '../engine/connect';
import { discoverEndpoint } from '../engine/discover';
import { cleanLabs } from '../lab';
import type { Life } from '../state/owner';
import { print } from '../base/output';
import { run } from '../base/process';
import { removeLeftInstances } from '../diagnosis/drops';
import { removeObjects, runsObjects, type RunsObject } from '../run/objects';
import { exitStatus } from '../base/user-error';

/** What was done on an engine, a line each. */
interface Cleaned {
  removed: string[];
  /** what is still there although its run is over */
  stuck: string[];
  /** what belongs to runs that are alive, or may be */
  wanted: string[];
}

/** What the command line says of a clean-up. */
export interface CleanOptions {
  /** whether runs of which it cannot be known if they live are taken for dead, on the engine */
  all?: boolean;
}

/** Removes what dead runs left on the engine that Docker's rules give, and on this machine. Live runs are left alone. */
export async function cleanCommand({ all = false }: CleanOptions = {}): Promise<number> {
  const foreign: string[] = [];
  const labs = cleanLabs((names) => foreign.push(...names.map((name) => `lab ${name}`))).map((name) => `lab ${name}`);
  await run(['sh', '-c', removeLeftInstances]);
  let engine: Cleaned;
  try {
    engine = await cleanEngine((life) => life === 'dead' || (all && life === 'unknown'));
  } catch (error) {
    // whatever is in the way of the engine, this has been done
    if (labs.length + foreign.length > 0) print(told({ removed: labs, stuck: [], wanted: foreign }));
    throw error;
  }
  print(told({ removed: [...labs, ...engine.removed], stuck: engine.stuck, wanted: [...foreign, ...engine.wanted] }));
  return engine.stuck.length > 0 ? exitStatus.failed : exitStatus.conforms;
}

async function cleanEngine(isOver: (life: Life) => boolean): Promise<Cleaned> {
  const endpoint = await discoverEndpoint();
  if (!endpoint) return { removed: [], stuck: [], wanted: [] };
  const connection = await connect(endpoint);
  try {
    const { docker } = connection;
    const found = new Map<string, RunsObject>();
    // what a killed run had asked for last can come to be after a first look, and hold its image
    const there = await eventually(
      async () => {
        const dead = (await runsObjects(docker)).filter(({ life }) => isOver(life));
        for (const it of dead) found.set(`${it.kind} ${it.id}`, it);
        await removeObjects(docker, dead);
        // what an engine would not remove it says as if it had been gone
        return await runsObjects(docker);
      },
      (rest) => !rest.some(({ life }) => isOver(life)),
      { within: 5000 },
    );
    const isThere = ({ kind, id }: RunsObject) => there.some((it) => it.kind === kind && it.id === id);
    const [stuck, wanted] = [there.filter(({ life }) => isOver(life)), there.filter(({ life }) => !isOver(life))];
    return {
      removed: [...found.values()].filter((it) => !isThere(it)).map(named),
      stuck: stuck.map(named),
      wanted: wanted.map((it) => `${named(it)}${it.runId === '' ? '' : `, of the run ${it.runId}`}`),
    };
  } finally {
    await connection.close();
  }
}

function named({ kind, name }: RunsObject): string {
  return `${kind} ${name}`;
}

/** What a person is told. */
export function told({ removed, stuck, wanted }: Cleaned): string {
  const list = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${heading}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  if (removed.length + stuck.length + wanted.length === 0) return 'Nothing was left behind.\n';
  return [
    list('Removed:', removed),
    list('Could not be removed, because something uses it or the engine refuses it:', stuck),
    list(
      "Left alone, because it is in use, or it cannot be known from here whether it is (another container's or machine's, or from before a reboot; clean --all removes that from the engine):",
      wanted,
    ),
  ].join('');
}
