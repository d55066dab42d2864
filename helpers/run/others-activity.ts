import type Dockerode from 'dockerode';
import { engineEvents } from '../engine/events';
import { runLabel } from './objects';

/** Containers, networks and volumes that somebody else made or removed on the engine since then, by name. */
export async function othersActivity(docker: Dockerode, since: Date, runId: string): Promise<string[]> {
  const events = await engineEvents(docker, since, {
    type: ['container', 'network', 'volume'],
    event: ['create', 'destroy', 'start', 'die'],
  });
  const names = events
    .filter(({ Actor }) => Actor.Attributes[runLabel] !== runId)
    .map(({ Type, Actor }) => `${Type} ${Actor.Attributes['name'] ?? Actor.ID.slice(0, 12)}`);
  return [...new Set(names)];
}
