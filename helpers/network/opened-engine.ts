import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import { exitStatus, UserError } from '../base/user-error';
import type { HostAccess } from '../claim/context';
import type { EngineFacts } from '../claim/engine-facts';
import { connect } from '../engine/connect';
import { gatherFacts } from '../engine/facts';
import { accessHost } from '../run/host-access';
import { findOwnImage } from '../run/image';
import { labelsOf, ownObjects, removeObjects } from '../run/objects';
import { reachedBy } from '../run/wording';
import { engineNamed } from '../trace/engine-named';
import { hostAsFarAsSeen } from '../vantage/host';
import type { VantagePoint } from '../world/vantage-point';

/** A user's engine, with what the suite needs there to ask. */
export interface OpenedEngine {
  docker: Dockerode;
  facts: EngineFacts;
  runId: string;
  /** of everything that the suite makes there */
  labels: Record<string, string>;
  /** the image of helper containers */
  image: string;
  access: HostAccess;
  host: VantagePoint;
  /** how it was found, in words */
  reachedBy: string;
}

/** What is wanted of an engine. */
export interface EngineWishes {
  /** address or context; without it Docker's own rules decide */
  engine?: string;
  privilegedDiagnosis: boolean;
  /** told what takes long, one line at a time */
  progress: (line: string) => void;
}

/** An engine that is being opened, and how everything is taken away again that was put there. */
export interface OpeningEngine {
  opened: Promise<OpenedEngine>;
  /** removes all containers of the suite but the one that the host is looked at from */
  clear(): Promise<void>;
  /** removes everything that the suite made there, also before it is opened, and ends the connection; may be called again */
  close(): Promise<void>;
}

/** Id of a new run. */
export const newRunId = (): string => `n${randomBytes(4).toString('hex')}`;

/**
 * Connects to the engine that runs a user's containers, and makes ready for helper containers.
 * @throws UserError (from `opened`) where there is none
 */
export function openEngine({ engine, privilegedDiagnosis, progress }: EngineWishes, runId: string): OpeningEngine {
  const held: { docker?: Dockerode; access?: HostAccess; close?: () => Promise<void>; brought: string[] } = { brought: [] };
  const open = async (): Promise<OpenedEngine> => {
    const endpoint = await engineNamed(engine);
    if (!endpoint)
      throw new UserError(
        "There is no engine by Docker's own rules.",
        'Start it, or name one with --engine or DOCKER_HOST: docker context ls shows which there are.',
        exitStatus.failed,
      );
    const connection = await connect(endpoint);
    const { docker } = connection;
    Object.assign(held, { docker, close: () => connection.close() });
    const labels = labelsOf(runId);
    await removeObjects(docker, await ownObjects(docker));
    const [facts, image] = await Promise.all([gatherFacts(docker), findOwnImage(docker, runId, progress)]);
    held.brought = image.brought;
    const access = await accessHost(connection, image.reference, labels, privilegedDiagnosis);
    held.access = access;
    return {
      docker,
      facts,
      runId,
      labels,
      image: image.reference,
      access,
      host: hostAsFarAsSeen(access, docker),
      reachedBy: reachedBy(endpoint, access),
    };
  };
  const clear = async () => {
    const { docker, access } = held;
    const kept = access?.kind === 'helper' ? access.containerId : undefined;
    if (docker)
      await removeObjects(
        docker,
        (await ownObjects(docker, runId)).filter(({ id, kind }) => id !== kept && kind !== 'image'),
      );
  };
  const removeAll = async () => {
    const { docker, brought } = held;
    const images = brought.map((tag) => ({ kind: 'image' as const, id: tag, name: tag, runId }));
    if (docker) await removeObjects(docker, [...(await ownObjects(docker, runId)), ...images]);
  };
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= removeAll().finally(() => held.close?.()));
  return { opened: open(), clear, close };
}
