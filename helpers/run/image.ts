import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { nginxArchive } from '../lab/nginx-archive';
import { exitStatus, UserError } from '../base/user-error';
import { flawOfNginx, missingTools, obstacleToServers } from './nginx-check';
import { labelsOf, officialImage as official, pulledImage, runImage } from './objects';

/** The image that claims run on, how the report calls it, and how to give back what the run brought. */
export interface RunImage {
  reference: string;
  description: string;
  /** the suite's own image, with tools that the official one lacks; empty where it is not needed or cannot be had */
  tools: string;
  /** whether a registry answered, so that further images can be had */
  registry: boolean;
  /** tags that this run brought to the engine */
  brought: string[];
  /** why no server can be run on this engine, whatever the image */
  obstacle?: string;
}

/** Milliseconds that a registry may take before the first word of an answer; a name server that drops packets takes 20 s. */
const registryTimeLimit = 8000;

/** Milliseconds that a pull may take in all. */
const pullTimeLimit = 300_000;

/**
 * Finds nginx for a run: the official image where the engine has it or can pull it, else one that is built from
 * Debian's packages and loaded, also where what the engine has by that name serves nothing. What is brought is tagged for
 * this run, so that the last run to end removes it.
 * @param wanted whether tools are needed besides, and the image that the user named
 * @param progress told, one line at a time, what takes long
 */
export async function findImage(
  docker: Dockerode,
  runId: string,
  { tools, named }: { tools: boolean; named: string | undefined },
  progress: (line: string) => void,
): Promise<RunImage> {
  if (named !== undefined) return findNamed(docker, runId, { tools, named }, progress);
  const found = await findOfficial(docker, runId, progress);
  if (!found) return withObstacle(docker, runId, await loadDebian(docker, runId, progress));
  const flaw = await flawOfNginx(docker, found.reference, labelsOf(runId));
  if (!tools && flaw === undefined) return found;
  try {
    const own = await loadDebian(docker, runId, progress);
    const brought = [...found.brought, ...own.brought];
    if (flaw === undefined) return { ...found, tools: own.tools, brought };
    return {
      ...(await withObstacle(docker, runId, own)),
      brought,
      registry: found.registry,
      description: `${own.description}, in place of the engine's ${found.reference}: ${flaw}`,
    };
  } catch (error) {
    // it cannot be built on this machine: what needs it is blocked
    if (error instanceof UserError) return flaw === undefined ? found : { ...found, description: `${found.description}, ${flaw}` };
    throw error;
  }
}

/** What is known to be good is looked at for what it says of the engine. */
async function withObstacle(docker: Dockerode, runId: string, own: RunImage): Promise<RunImage> {
  const obstacle = await obstacleToServers(docker, own.reference, labelsOf(runId));
  return obstacle === undefined ? own : { ...own, obstacle };
}

/**
 * The image that the user named, which has to be what claims run on: nothing takes its place.
 * @throws UserError where the engine neither has nor gets it, or it lacks something
 */
async function findNamed(
  docker: Dockerode,
  runId: string,
  { tools, named }: { tools: boolean; named: string },
  progress: (line: string) => void,
): Promise<RunImage> {
  const present = await inspect(docker, named);
  if (!present) await pullNamed(docker, named, progress);
  const flaw = await flawOfNginx(docker, named, labelsOf(runId));
  if (flaw !== undefined)
    throw new UserError(
      `${named} is not what claims can run on: ${flaw}.`,
      'Claims need an image with a shell, cat and curl, whose nginx listens on port 80 and serves /usr/share/nginx/html and the sites of /etc/nginx/conf.d, as nginx:latest does. Name another one with --image, or none.',
      exitStatus.usage,
    );
  const image: RunImage = {
    reference: named,
    description: `${named}, as --image names it (${digestOf(present ?? ((await inspect(docker, named)) as Dockerode.ImageInspectInfo))})`,
    tools: '',
    registry: !present,
    brought: present ? [] : [named],
  };
  if (!tools) return image;
  const missing = await missingTools(docker, named, labelsOf(runId));
  if (missing.length === 0) return { ...image, tools: named };
  const description = `${image.description}; it has no ${missing.join(', ')}`;
  try {
    const own = await loadDebian(docker, runId, progress);
    return {
      ...image,
      tools: own.tools,
      brought: [...image.brought, ...own.brought],
      description: `${description}, so that claims of other areas run on ${own.description}`,
    };
  } catch (error) {
    // it cannot be built on this machine: what needs it is blocked
    if (error instanceof UserError) return { ...image, description };
    throw error;
  }
}

/** @throws UserError with the engine's words where it does not get the image */
async function pullNamed(docker: Dockerode, named: string, progress: (line: string) => void): Promise<void> {
  if (named !== '' && (await pull(docker, named, progress))) return;
  throw new UserError(
    `The engine has no image ${named}, and got none by that name from a registry.`,
    'Load it into the engine, or name one that "docker image ls" shows, with --image.',
    exitStatus.usage,
  );
}

async function findOfficial(docker: Dockerode, runId: string, progress: (line: string) => void): Promise<RunImage | undefined> {
  const present = await inspect(docker, official);
  if (present)
    return {
      reference: official,
      description: `${official}, as the engine had it (${digestOf(present)})`,
      tools: '',
      registry: false,
      brought: [],
    };
  const pulled = await pull(docker, official, progress);
  if (!pulled) return undefined;
  const mark = pulledImage(runId);
  const [repo, tag] = mark.split(':') as [string, string];
  await docker.getImage(official).tag({ repo, tag });
  return {
    reference: official,
    description: `${official}, pulled for this run (${digestOf(pulled)})`,
    tools: '',
    registry: true,
    brought: [mark, official],
  };
}

/**
 * The suite's own image, which a helper container needs and nothing else does: no registry is asked.
 * @throws UserError where it has to be built and cannot be
 */
export async function findOwnImage(
  docker: Dockerode,
  runId: string,
  progress: (line: string) => void,
): Promise<Pick<RunImage, 'reference' | 'brought'>> {
  const wasThere = await inspect(docker, (await nginxArchive(progress)).reference);
  const { reference, brought } = await loadDebian(docker, runId, progress);
  // who had it keeps it
  return { reference, brought: wasThere ? [reference] : brought };
}

async function loadDebian(docker: Dockerode, runId: string, progress: (line: string) => void): Promise<RunImage> {
  const archive = await nginxArchive(progress);
  const reference = runImage(runId);
  const [repo, tag] = reference.split(':') as [string, string];
  // another run may remove the image between our look and our tag: then it is loaded again
  for (let attempt = 1; ; attempt += 1) {
    try {
      await docker.getImage(archive.reference).tag({ repo, tag });
      return { reference, description: archive.description, tools: reference, registry: false, brought: [reference, archive.reference] };
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 404 || attempt > 3) throw error;
      await text(await docker.loadImage(createReadStream(archive.path), { quiet: 1 }));
    }
  }
}

/** Whether the engine has, or gets from a registry, an image; never fails, because no registry is needed. */
export async function available(
  docker: Dockerode,
  reference: string,
  registry: boolean,
  progress: (line: string) => void,
): Promise<boolean> {
  return Boolean((await inspect(docker, reference)) ?? (registry && (await pull(docker, reference, progress))));
}

async function pull(
  docker: Dockerode,
  reference: string,
  progress: (line: string) => void,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  const signal = AbortSignal.timeout(registryTimeLimit);
  try {
    const stream = await docker.pull(reference, { abortSignal: signal });
    progress(`Pulling ${reference} …`);
    await Promise.race([
      new Promise<void>((resolve, reject) => docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()))),
      new Promise<void>((_, reject) => setTimeout(() => reject(new Error('the pull took too long')), pullTimeLimit).unref()),
    ]);
    return await inspect(docker, reference);
  } catch {
    // no registry, or not in time: the run builds its own image, and the report says so
    return undefined;
  }
}

async function inspect(docker: Dockerode, reference: string): Promise<Dockerode.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(reference).inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

function digestOf({ RepoDigests, Id }: Dockerode.ImageInspectInfo): string {
  return (RepoDigests as string[] | null | undefined)?.[0] ?? `${Id.slice(0, 19)}, of no registry`;
}
