import { addressOf } from '../engine/endpoint';
import { connect } from '../engine/connect';
import { discoverEndpoint } from '../engine/discover';
import { gatherFacts } from '../engine/facts';
import { explainedCall } from '../world/wrong-answer';
import { unusedSockets } from '../engine/unused-sockets';
import { engineStates, prepareLab } from '../lab';
import { download } from '../lab/download';
import { fitted, note, print } from '../base/output';
import { UserError } from '../base/user-error';
import { describeEngines, describeModes } from './engine-list';

/** Shows the engine that `run` would take, and those that a lab can have here, each with its state and the reason, and their modes. */
export async function enginesCommand(): Promise<number> {
  print(fitted(`By Docker's own rules\n  ${await found()}\n`));
  for (const { path, owner } of unusedSockets())
    print(fitted(`  not used: ${owner} at ${path}; set DOCKER_HOST=unix://${path} to run on it\n`));
  const states = await engineStates();
  print(fitted(`\nIn a lab (run --engine ID)\n${describeEngines(states)}`));
  print(fitted(`\nIn a lab, in a mode that changes its networks (run --engine ID+MODE)\n${describeModes(states)}`));
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

async function found(): Promise<string> {
  try {
    const endpoint = await discoverEndpoint();
    if (!endpoint) return 'none: a run starts one in a lab';
    const connection = await connect(endpoint);
    const { id } = await gatherFacts(connection.docker);
    await connection.close();
    return `${id}, ${endpoint.found}, ${addressOf(endpoint)}`;
  } catch (error) {
    const explained = explainedCall(error) ?? error;
    if (explained instanceof UserError) return `unavailable: ${explained.message} ${explained.remedy}`;
    throw error;
  }
}
