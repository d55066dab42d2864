import { createHash } from 'node:crypto';
import type Dockerode from 'dockerode';
import { isAlive, ownStartTime, processSpace } from '../lab/owner';

/** Label with the run's id; everything that the suite makes on an engine carries it. */
export const runLabel = 'io.github.docker-network-conformance.run';

/** Label that says which process made an object, so that another run can tell whether it is still alive. */
const ownerLabel = 'io.github.docker-network-conformance.owner';

/** Milliseconds after which objects of a process that cannot be seen from here are taken for left behind. */
const foreignAge = 2 * 60 * 60 * 1000;

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

/**
 * What runs of this suite made on an engine and has not been removed, in the order in which it can be.
 * @param runId only this run's objects; without it, those of all runs that are dead
 */
export async function ownObjects(docker: Dockerode, runId?: string): Promise<OwnObject[]> {
  const filters = { label: [runId === undefined ? runLabel : `${runLabel}=${runId}`] };
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: { reference: [runImage('*')] } }),
  ]);
  const labelled: { object: Omit<OwnObject, 'runId'>; labels: Record<string, string>; created: number }[] = [
    ...containers.map(({ Id, Names, Labels, Created }) => ({ object: { kind: 'container' as const, id: Id, name: Names[0]?.slice(1) ?? Id }, labels: Labels, created: Created * 1000 })),
    ...networks.map(({ Id, Name, Labels, Created }) => ({ object: { kind: 'network' as const, id: Id, name: Name }, labels: Labels ?? {}, created: Date.parse(Created) })),
    ...volumes.Volumes.map(({ Name, Labels }) => ({ object: { kind: 'volume' as const, id: Name, name: Name }, labels: Labels, created: Date.now() })),
  ];
  const dead = labelled.filter(({ labels, created }) => runId !== undefined || isDead(labels[ownerLabel] ?? '', created));
  const tags = images.flatMap(({ RepoTags }) => (RepoTags ?? []).map((tag) => ({ tag, run: runOfImage(tag) })));
  return [
    ...dead.map(({ object, labels }) => ({ ...object, runId: labels[runLabel] ?? '' })),
    ...tags.flatMap(({ tag, run }) => (run && (runId === undefined ? run.dead : run.id === runId) ? [{ kind: 'image' as const, id: tag, name: tag, runId: run.id }] : [])),
  ];
}

const imageRepository = 'docker-network-conformance/run';

/** The tag under which a run holds an image; like the labels it names its owner, because a tag can have no label. */
export function runImage(runId: string): string {
  return runId === '*' ? `${imageRepository}:*` : `${imageRepository}:${runId}-${spaceDigest()}-${process.pid}-${ownStartTime()}`;
}

function runOfImage(tag: string): { id: string; dead: boolean } | undefined {
  const [, id, space, pid, started] = /:([^-]+)-([0-9a-f]+)-(\d+)-(\d+)$/.exec(tag) ?? [];
  if (!tag.startsWith(`${imageRepository}:`) || !id || !started) return undefined;
  return { id, dead: space === spaceDigest() && !isAlive({ pid: Number(pid), started }) };
}

function spaceDigest(): string {
  return createHash('sha256').update(processSpace()).digest('hex').slice(0, 8);
}

function isDead(owner: string, created: number): boolean {
  const [started = '', pid = '', ...space] = owner.split('/').reverse();
  if (space.reverse().join('/') !== processSpace()) return Date.now() - created > foreignAge;
  return !isAlive({ pid: Number(pid), started });
}

/** Removes objects of the suite; what somebody else has removed meanwhile counts as removed. */
export async function removeObjects(docker: Dockerode, objects: readonly OwnObject[]): Promise<void> {
  for (const kind of ['container', 'network', 'volume', 'image'] as const) {
    const own = objects.filter((it) => it.kind === kind);
    const results = await Promise.allSettled(own.map((it) => removeObject(docker, it)));
    // Podman keeps a container that others have joined as long as they are there
    await Promise.all(own.filter((_, index) => results[index]?.status === 'rejected').map((it) => removeObject(docker, it)));
  }
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
