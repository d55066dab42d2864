import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import { suite } from '../base/project';
import { UserError } from '../base/user-error';
import { connect } from '../engine/connect';
import { engineNamed } from './engine-named';
import { gatherFacts } from '../engine/facts';
import { accessHost } from '../run/host-access';
import { findOwnImage } from '../run/image';
import { labelsOf, ownObjects, removeObjects, runLabel } from '../run/objects';
import { reachedBy } from '../run/wording';
import { targetInWords, type Target } from './asked';
import { follow } from './follow';
import { takeInventory, withOwnersNetworks } from './inventory';
import { traceVersion, type TraceResults } from './results';
import { refusalOf } from './refusal';
import { sourceOf } from './source';
import { closeShells } from '../vantage/shell';

/** What a user asks of a trace. */
export interface TraceWishes {
  from: string;
  target: Target;
  /** compose project in which both names are services */
  compose?: string;
  /** address or context of an engine; without it Docker's own rules decide */
  engine?: string;
  privilegedDiagnosis: boolean;
  /** told what takes long, one line at a time */
  progress: (line: string) => void;
}

/** What the suite has put on an engine for a trace, to be taken away however it ends. */
export interface OpenTrace {
  results: Promise<TraceResults>;
  /** takes everything away, also before there are results */
  interrupt(): Promise<void>;
}

/**
 * Follows a packet between two places of an engine's users.
 * @throws UserError where there is no engine, no such source, or nothing may be started there
 */
export function openTrace(wishes: TraceWishes): OpenTrace {
  const runId = `t${randomBytes(4).toString('hex')}`;
  const held: { docker?: Dockerode; close?: () => Promise<void>; brought: string[]; removal?: Promise<void> } = { brought: [] };
  const remove = async () => {
    closeShells();
    const { docker } = held;
    if (docker)
      await removeObjects(docker, [
        ...(await ownObjects(docker, runId)),
        ...held.brought.map((tag) => ({ kind: 'image' as const, id: tag, name: tag, runId })),
      ]);
    await held.close?.();
  };
  const interrupt = () => (held.removal ??= remove());
  const trace = async (): Promise<TraceResults> => {
    const startedAt = new Date();
    const endpoint = await engineNamed(wishes.engine);
    if (!endpoint)
      throw new UserError(
        "There is no engine by Docker's own rules.",
        'Start it, or name one with --engine or DOCKER_HOST: docker context ls shows which there are.',
      );
    const connection = await connect(endpoint);
    const { docker } = connection;
    Object.assign(held, { docker, close: () => connection.close() });
    const [inventory, facts] = await Promise.all([takeInventory(docker, runLabel), gatherFacts(docker)]);
    const named = sourceOf(wishes.from, inventory, wishes.compose);
    const source = named && withOwnersNetworks(named, inventory);
    const labels = labelsOf(runId);
    const image = await findOwnImage(docker, runId, wishes.progress);
    held.brought = image.brought;
    const access = accessHost(connection, image.reference, labels, wishes.privilegedDiagnosis);
    // who waits for it tells
    access.catch(() => undefined);
    const followed = await follow({
      docker,
      image: image.reference,
      labels,
      kind: facts.kind,
      access,
      inventory,
      source,
      target: wishes.target,
      project: wishes.compose,
    });
    return {
      traceVersion,
      suite: { name: suite.name, version: suite.version },
      engine: { id: facts.id, reachedBy: reachedBy(endpoint, await access) },
      startedAt: startedAt.toISOString(),
      durationMs: Math.max(0, Date.now() - startedAt.getTime()),
      asked: { from: source?.name ?? wishes.from, to: targetInWords(wishes.target), transport: wishes.target.transport },
      ...followed,
    };
  };
  const results = trace()
    .catch((error: unknown) => {
      throw refusalOf(error);
    })
    .finally(interrupt);
  return { results, interrupt };
}
