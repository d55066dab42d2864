import { addressOf } from '../engine/endpoint';
import { connect } from '../engine/connect';
import { discoverEndpoint } from '../engine/discover';
import { gatherFacts } from '../engine/facts';
import { explainedCall } from '../world/wrong-answer';
import type { Endpoint } from '../engine/endpoint';
import { startableByUser } from '../engine/startable';
import { unusedSockets, type UnusedSocket } from '../engine/unused-sockets';
import { engineStates, entriesOf, isPrepared, ownKernelState, prepareLab } from '../lab';
import { exportEntries, importEntries } from '../lab/carried';
import { download } from '../lab/download';
import { sumOfPrograms } from '../lab/programs';
import { fitted, note, print } from '../base/output';
import { exitStatus, UserError } from '../base/user-error';
import { describeEngines, describeModes, describeOwnKernel } from './engine-list';

/** Shows the engine that `run` would take, and those that a lab can have here, each with its state and the reason, and their modes. */
export async function enginesCommand(): Promise<number> {
  print(fitted(`By Docker's own rules\n  ${await found()}\n`));
  for (const line of await Promise.all(unusedSockets().map(unused))) print(fitted(line));
  for (const line of await startableByUser()) print(fitted(`  ${line}\n`));
  const states = await engineStates();
  print(fitted(`\nIn a lab (run --engine ID)\n${describeEngines(states)}`));
  print(fitted(`\nIn a lab, in a mode that changes its networks (run --engine ID+MODE)\n${describeModes(states)}`));
  print(
    fitted(`\nIn a lab with a kernel of its own (run --kernel, or --engine ID+kernel)\n${describeOwnKernel(ownKernelState(undefined))}`),
  );
  return 0;
}

/**
 * Brings a release of Docker into the cache, ready to be run in a lab.
 * @param from where to download it from, in place of Docker's own site
 */
export async function fetchEngineCommand(id: string, from: string | undefined): Promise<number> {
  const { engineId } = await prepareLab(await download(id, from, note), note);
  print(`${engineId} is ready: npx docker-network-conformance run --engine ${engineId}\n`);
  return 0;
}

/**
 * Writes engines, and the image that claims run on, into one file, for a machine where nothing can be fetched.
 * @param selectors the engines; without any the default one
 */
export async function exportEnginesCommand(file: string, selectors: readonly string[] = []): Promise<number> {
  const carried: Awaited<ReturnType<typeof entriesOf>>[] = [];
  for (const selector of selectors.length > 0 ? selectors : [undefined]) carried.push(await entriesOf(selector, note));
  const ids = carried.map(({ engineId }) => engineId);
  await exportEntries(file, ids, [...new Set(carried.flatMap(({ entries }) => entries))], note);
  print(`${file} has ${ids.join(', ')} (SHA-256 ${sumOfPrograms(file)}): npx docker-network-conformance engines import ${file}\n`);
  return exitStatus.conforms;
}

/** Puts the engines of such a file into the cache. */
export async function importEnginesCommand(file: string): Promise<number> {
  const ids = await importEntries(file, note);
  const unusable = ids.filter((id) => !isPrepared(id));
  if (unusable.length > 0)
    throw new UserError(
      `${unusable.join(', ')} of ${file} cannot be used: another version of the suite made it.`,
      'Write the file with this version of the suite.',
      exitStatus.usage,
    );
  for (const id of ids) print(`${id} is ready: npx docker-network-conformance run --engine ${id}\n`);
  return exitStatus.conforms;
}

async function found(): Promise<string> {
  return await orWhy(async () => {
    const endpoint = await discoverEndpoint();
    return endpoint ? `${await running(endpoint)}, ${endpoint.found}, ${addressOf(endpoint)}` : 'none: a run starts one in a lab';
  });
}

/** A socket that Docker's rules do not lead to, and who answers there. */
async function unused({ path, owner }: UnusedSocket): Promise<string> {
  const engine = await orWhy(() => running({ kind: 'unix', path, found: owner }));
  return `  not used: ${engine}, ${owner} at ${path}; set DOCKER_HOST=unix://${path} to run on it\n`;
}

async function running(endpoint: Endpoint): Promise<string> {
  const connection = await connect(endpoint);
  try {
    const { id, rootless } = await gatherFacts(connection.docker);
    return `${id}${rootless ? ', rootless' : ''}`;
  } finally {
    await connection.close();
  }
}

/** What somebody can do something about is an answer here. */
async function orWhy(answer: () => Promise<string>): Promise<string> {
  try {
    return await answer();
  } catch (error) {
    const explained = explainedCall(error) ?? error;
    if (explained instanceof UserError) return `unavailable: ${explained.message} ${explained.remedy}`;
    throw error;
  }
}
