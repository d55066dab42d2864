import type Dockerode from 'dockerode';
import { z } from 'zod';
import { clock } from '../world/clock';
import { ask } from '../world/ask';
import { shaped } from './answer-shape';
import { getWhole } from './guard';

/** One event as `GET /events` sends it, as far as it is read here. */
export type EngineEvent = z.infer<typeof eventShape>;

const eventShape = z.looseObject({
  Type: z.string(),
  Action: z.string(),
  Actor: z.looseObject({
    ID: z.string(),
    Attributes: z
      .record(z.string(), z.string())
      .nullish()
      .transform((attributes) => attributes ?? {}),
  }),
});

/**
 * What happened on an engine from `since` until now.
 * @param filters as `GET /events` takes them, e.g. `{ type: ['network'], event: ['connect'] }`
 * @throws WrongAnswer for what is no list of events, TooSlow for one that has no end
 */
export async function engineEvents(docker: Dockerode, since: Date, filters: Dockerode.GetEventsOptions['filters']): Promise<EngineEvent[]> {
  // with fractions: an engine would wait for a second that has not ended
  const window = { since: since.getTime() / 1000, until: clock() / 1000 };
  const query = new URLSearchParams({
    since: String(window.since),
    until: String(window.until),
    ...(filters && { filters: JSON.stringify(filters) }),
  });
  const { answer: told } = await ask({ what: `events since ${window.since} ${JSON.stringify(filters)}` }, async () =>
    (await getWhole(docker, `/events?${query.toString()}`)).toString('utf8'),
  );
  return told
    .split('\n')
    .filter(Boolean)
    .map((line) => shaped('GET /events', eventShape, parsed(line)));
}

/** An event, or the line itself where it is none. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}
