import { createHash } from 'node:crypto';
import type Dockerode from 'dockerode';
import { imageLabel } from '../../fixtures/images';
import { lifeIn, ownStartTime, processSpace, type Life } from '../state/owner';
import { labels as composeLabels } from './compose-labels';

/** Label with the run's id; everything that the suite makes on an engine carries it. */
export const runLabel = 'io.github.docker-network-conformance.run';

/** Label that says which process made an object, so that another run can tell whether it is still alive. */
const ownerLabel = 'io.github.docker-network-conformance.owner';

/** Labels for everything that this process makes during a run. */
export function labelsOf(runId: string): Record<string, string> {
  return { [runLabel]: runId, [ownerLabel]: `${processSpace()}/${process.pid}/${ownStartTime()}` };
}

/** An object of the suite on an engine. */
export interface OwnObject {
  kind: 'container' | 'network' | 'volume' | 'image';
  /** what the API knows it by: an id, or for images the one tag that is the run's */
  id: string;
  name: string;
  runId: string;
}

/** An object, and whether its run still wants it: not once that is dead. */
export interface RunsObject extends OwnObject {
  life: Life;
}

/**
 * What runs of this suite made on an engine and has not been removed, in the order in which it can be.
 * @param runId only this run's objects; without it, those of all runs that are dead
 */
export async function ownObjects(docker: Dockerode, runId?: string): Promise<OwnObject[]> {
  const objects = await runsObjects(docker, runId);
  return objects
    .filter(({ life }) => runId !== undefined || life === 'dead')
    .map(({ kind, id, name, runId: run }) => ({ kind, id, name, runId: run }));
}

/** As {@link ownObjects}, with those of runs that are alive, or of which that cannot be seen from here. */
export async function runsObjects(docker: Dockerode, runId?: string): Promise<RunsObject[]> {
  const filters = { label: [runId === undefined ? runLabel : `${runLabel}=${runId}`] };
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: { reference: [`${imageNamespace}/*`] } }),
  ]);
  const labelled: { object: Omit<OwnObject, 'runId'>; labels: Record<string, string> }[] = [
    ...containers.map(({ Id, Names, Labels }) => ({
      object: { kind: 'container' as const, id: Id, name: (Names as string[] | null)?.[0]?.slice(1) ?? Id },
      labels: (Labels as Record<string, string> | null | undefined) ?? {},
    })),
    ...networks.map(({ Id, Name, Labels }) => ({ object: { kind: 'network' as const, id: Id, name: Name }, labels: Labels ?? {} })),
    ...((volumes.Volumes as typeof volumes.Volumes | null) ?? []).map(({ Name, Labels }) => ({
      object: { kind: 'volume' as const, id: Name, name: Name },
      labels: (Labels as Record<string, string> | null | undefined) ?? {},
    })),
  ];
  // an engine, or what stands before it, that passes over the filter tells of everybody's: only what carries the label is the suite's
  const own = labelled.filter(({ labels }) => (runId === undefined ? Boolean(labels[runLabel]) : labels[runLabel] === runId));
  const brought = images.flatMap((image) => tagsOf(image, runId));
  // a run takes down itself what compose has brought up for it
  const composed = runId === undefined ? await composedObjects(docker) : [];
  const borrowed = brought.some(({ name }) => !isSuitesOwn(name)) ? await imagesInUse(docker) : new Set<string>();
  return [
    ...own.map(({ object, labels }) => ({ ...object, runId: labels[runLabel] ?? '', life: lifeOfOwner(labels[ownerLabel] ?? '') })),
    ...composed,
    ...brought
      .filter(({ name, imageId }) => isSuitesOwn(name) || !borrowed.has(imageId))
      .map(({ name, run, life }) => ({ kind: 'image' as const, id: name, name, runId: run, life })),
  ];
}

/** Names of images that only this suite gives. */
const imageNamespace = 'docker-network-conformance';
/** Tags by which runs hold an image. */
const runRepository = `${imageNamespace}/run`;
/** Tags that say of an image of a registry that a run has brought it. */
const pulledRepository = `${imageNamespace}/pulled`;
/** The image of a registry that runs bring. */
export const officialImage = 'nginx:latest';

/** The tag under which a run holds an image; like the labels it names its owner, because a tag can have no label. */
export function runImage(runId: string): string {
  return `${runRepository}:${ownerTag(runId)}`;
}

/** The tag that a run gives an image that it has pulled, so that it can be told from one of the engine's users after the run was killed. */
export function pulledImage(runId: string): string {
  return `${pulledRepository}:${ownerTag(runId)}`;
}

/** The beginning of the names that a run gives to compose projects: like the tag of an image it names its owner, because nobody else labels what compose makes. */
export function projectPrefix(runId: string): string {
  return `dnc-${ownerTag(runId)}`;
}

function ownerTag(runId: string): string {
  return `${runId}-${spaceDigest()}-${process.pid}-${ownStartTime()}`;
}

/** A tag without the registry that Podman puts before it. */
function shortTag(tag: string): string {
  return tag.replace(/^(localhost|docker\.io)\/(library\/)?/, '');
}

function isSuitesOwn(tag: string): boolean {
  return shortTag(tag).startsWith(`${imageNamespace}/`);
}

interface BroughtTag {
  name: string;
  imageId: string;
  run: string;
  life: Life;
}

/**
 * The tags of an image that runs have brought. The suite's own image, which its label and name tell, is wanted as long as a
 * run holds it; one of a registry is a run's that says so by its tag.
 */
function tagsOf(
  { Id, RepoTags, Labels }: Pick<Dockerode.ImageInfo, 'Id' | 'RepoTags' | 'Labels'>,
  runId: string | undefined,
): BroughtTag[] {
  const tags = RepoTags ?? [];
  const held = tags.flatMap((name): (BroughtTag & { pulled: boolean })[] => {
    const run = runOfImage(shortTag(name));
    return run && (runId === undefined || run.id === runId)
      ? [{ name, imageId: Id, run: run.id, life: run.life, pulled: shortTag(name).startsWith(pulledRepository) }]
      : [];
  });
  const all: BroughtTag[] = held;
  // at its end a run removes what it brought itself; see RunImage
  if (runId !== undefined) return all;
  const life = lifeOfAll(tags.filter(isHold).map((tag) => held.find(({ name }) => name === tag)?.life ?? 'unknown'));
  const own = tags.filter(
    (tag) => isSuitesOwn(tag) && !isHold(tag) && (Labels as Record<string, string> | null | undefined)?.[imageLabel] !== undefined,
  );
  const pulled = held.some((tag) => tag.pulled) ? tags.filter((tag) => shortTag(tag) === officialImage) : [];
  return [...all, ...[...own, ...pulled].map((name) => ({ name, imageId: Id, run: held[0]?.run ?? '', life }))];
}

/** Whether a tag is one by which runs hold images. */
function isHold(tag: string): boolean {
  return [runRepository, pulledRepository].some((repository) => shortTag(tag).startsWith(`${repository}:`));
}

/** Whether somebody still wants what several runs hold: nobody does where all of them are dead, or there is none. */
function lifeOfAll(lives: readonly Life[]): Life {
  if (lives.includes('alive')) return 'alive';
  return lives.includes('unknown') ? 'unknown' : 'dead';
}

function runOfImage(tag: string): { id: string; life: Life } | undefined {
  return isHold(tag) ? ownerIn(tag.slice(tag.indexOf(':') + 1)) : undefined;
}

/** The run that an {@link ownerTag} names. @param more what may come behind it */
function ownerIn(text: string, more = ''): { id: string; life: Life } | undefined {
  const [, id, space, pid, started] = new RegExp(`^([^-]+)-([0-9a-f]+)-(\\d+)-(\\d+)${more}$`).exec(text) ?? [];
  if (!id || !started) return undefined;
  return { id, life: space === spaceDigest() ? lifeIn(processSpace(), { pid: Number(pid), started }) : 'unknown' };
}

/** What compose has brought up for runs, and built for them. */
async function composedObjects(docker: Dockerode): Promise<RunsObject[]> {
  const filters = { label: [composeLabels.project] };
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters }),
  ]);
  const found: { kind: OwnObject['kind']; id: string; name: string; labels: Record<string, string> | null | undefined }[] = [
    ...containers.map(({ Id, Names, Labels }) => ({ kind: 'container' as const, id: Id, name: Names[0]?.slice(1) ?? Id, labels: Labels })),
    ...networks.map(({ Id, Name, Labels }) => ({ kind: 'network' as const, id: Id, name: Name, labels: Labels })),
    ...((volumes.Volumes as typeof volumes.Volumes | null) ?? []).map(({ Name, Labels }) => ({
      kind: 'volume' as const,
      id: Name,
      name: Name,
      labels: Labels,
    })),
    ...images.flatMap(({ RepoTags, Labels }) =>
      ((RepoTags as string[] | null) ?? []).map((tag) => ({ kind: 'image' as const, id: tag, name: tag, labels: Labels })),
    ),
  ];
  return found.flatMap(({ labels, ...object }) => {
    const project = labels?.[composeLabels.project] ?? '';
    const run = project.startsWith('dnc-') ? ownerIn(project.slice('dnc-'.length), '-[a-z0-9]+') : undefined;
    return run ? [{ ...object, runId: run.id, life: run.life }] : [];
  });
}

/** Ids of the images of all containers but those of runs: somebody has come to use them. */
async function imagesInUse(docker: Dockerode): Promise<Set<string>> {
  const containers = await docker.listContainers({ all: true });
  return new Set(
    containers.flatMap(({ ImageID, Labels }) => ((Labels as Record<string, string> | null)?.[runLabel] === undefined ? [ImageID] : [])),
  );
}

function spaceDigest(): string {
  return createHash('sha256').update(processSpace()).digest('hex').slice(0, 8);
}

function lifeOfOwner(label: string): Life {
  const [started = '', pid = '', ...space] = label.split('/').reverse();
  return lifeIn(space.reverse().join('/'), { pid: Number(pid), started });
}

/**
 * Removes objects of the suite; what somebody else has removed meanwhile counts as removed. Of an image that a container
 * uses an engine keeps the last tag: that is never one by which a run held it.
 */
export async function removeObjects(docker: Dockerode, objects: readonly OwnObject[]): Promise<void> {
  for (const kind of ['container', 'network', 'volume'] as const) {
    const own = objects.filter((it) => it.kind === kind);
    const results = await Promise.allSettled(own.map((it) => removeObject(docker, it)));
    // Podman keeps a container that others have joined as long as they are there
    await Promise.all(own.filter((_, index) => results[index]?.status === 'rejected').map((it) => removeObject(docker, it)));
  }
  const images = objects.filter(({ kind }) => kind === 'image');
  await Promise.all(images.filter(({ name }) => isHold(name)).map((it) => removeObject(docker, it)));
  await Promise.all(images.filter(({ name }) => !isHold(name)).map((it) => removeObject(docker, it)));
}

async function removeObject(docker: Dockerode, { kind, id }: OwnObject): Promise<void> {
  try {
    if (kind === 'container') await docker.getContainer(id).remove({ force: true, v: true });
    else if (kind === 'network') await docker.getNetwork(id).remove();
    else if (kind === 'volume') await docker.getVolume(id).remove();
    else await docker.getImage(id).remove();
  } catch (error) {
    // 404: gone already; 409: its removal is under way, or it is in use by a container whose own removal failed
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== 404 && status !== 409) throw error;
  }
}
