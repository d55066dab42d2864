/* eslint-disable @typescript-eslint/no-require-imports -- what only helper containers need is loaded with the first of them: who waits for a trace waits for that, too */
import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import { suite } from '../base/project';
import { UserError } from '../base/user-error';
import { connect } from '../engine/connect';
import { engineNamed } from './engine-named';
import { identityIn } from '../engine/facts';
import { labelsOf, ownObjects, removeObjects, runLabel } from '../run/objects';
import { reachedBy } from '../run/wording';
import { targetInWords, type Target } from './asked';
import { Entrance } from './entrance';
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

/** What is held on an engine. */
interface Held {
  docker?: Dockerode;
  close?: () => Promise<void>;
  /** the image of helper containers, once one was wanted */
  image?: Promise<string>;
  /** tags of images */
  brought: string[];
  removal?: Promise<void>;
}

/**
 * Follows a packet between two places of an engine's users.
 * @throws UserError where there is no engine, no such source, or nothing may be started there
 */
export function openTrace(wishes: TraceWishes): OpenTrace {
  const runId = `t${randomBytes(4).toString('hex')}`;
  const held: Held = { brought: [] };
  const remove = async () => {
    closeShells();
    const { docker, brought } = held;
    // without the image there is nothing of the suite there
    const own = docker && held.image ? await ownObjects(docker, runId) : [];
    if (docker) await removeObjects(docker, [...own, ...brought.map((tag) => ({ kind: 'image' as const, id: tag, name: tag, runId }))]);
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
    const { progress, privilegedDiagnosis: privileged } = wishes;
    const [inventory, entrance] = await Promise.all([
      takeInventory(docker, runLabel),
      Entrance.find({ docker, socketPath: connection.socketPath, privileged, progress }),
    ]);
    const { kind, id } = identityIn(connection.version);
    const named = sourceOf(wishes.from, inventory, wishes.compose);
    const source = named && withOwnersNetworks(named, inventory);
    const labels = labelsOf(runId);
    const image = () =>
      (held.image ??= (require('../run/image') as typeof import('../run/image'))
        .findOwnImage(docker, runId, progress)
        .then(({ reference, brought }) => {
          held.brought = brought;
          return reference;
        }));
    const access = entrance
      ? Promise.resolve(entrance.access)
      : image().then((reference) =>
          (require('../run/host-access') as typeof import('../run/host-access')).accessHost(connection, reference, labels, privileged),
        );
    // who waits for it tells
    access.catch(() => undefined);
    const followed = await follow({
      docker,
      image,
      labels,
      kind,
      entrance,
      access,
      inventory,
      source,
      target: wishes.target,
      project: wishes.compose,
    });
    return {
      traceVersion,
      suite: { name: suite.name, version: suite.version },
      engine: { id, reachedBy: reachedBy(endpoint, await access) },
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
