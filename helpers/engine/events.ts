import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { clock } from '../make/clock';
import { remembered } from '../mutants/answers';

/** One event as `GET /events` sends it, as far as it is read here. */
export interface EngineEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
}

/**
 * What happened on an engine from `since` until now.
 * @param filters as `GET /events` takes them, e.g. `{ type: ['network'], event: ['connect'] }`
 */
export async function engineEvents(docker: Dockerode, since: Date, filters: Dockerode.GetEventsOptions['filters']): Promise<EngineEvent[]> {
  // with fractions: an engine would wait for a second that has not ended
  const window = { since: since.getTime() / 1000, until: clock() / 1000 };
  const told = await remembered(`events since ${window.since} ${JSON.stringify(filters)}`, async () => text(await docker.getEvents({ ...window, ...(filters && { filters }) })));
  return told.split('\n').filter(Boolean).map((line) => JSON.parse(line) as EngineEvent);
}
