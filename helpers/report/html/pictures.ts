import { drawTopology } from '../picture';
import type { ObservedTopology, Results } from '../../results/results';
import type { Topology } from './report-data';

/** What was drawn already: a matrix draws what it has while it waits for its other engines. */
const drawn = new WeakMap<ObservedTopology, ReturnType<typeof draw>>();

/** A picture of every topology on every engine that showed it, in both languages; topologies in the order in which they are met. */
export async function drawTopologies(results: readonly Results[]): Promise<Topology[]> {
  const names = new Set(results.flatMap(({ topologies }) => topologies.map(({ name }) => name)));
  return Promise.all(
    [...names].map(async (name) => ({
      name,
      pictures: await Promise.all(results.map(({ topologies }) => pictureOf(topologies.find((it) => it.name === name)))),
    })),
  );
}

async function pictureOf(topology: ObservedTopology | undefined): Promise<Topology['pictures'][number]> {
  if (!topology) return null;
  const picture = drawn.get(topology) ?? draw(topology);
  drawn.set(topology, picture);
  return await picture;
}

async function draw(topology: ObservedTopology): Promise<{ en: string; ko: string }> {
  const [en, ko] = await Promise.all([drawTopology(topology, 'en'), drawTopology(topology, 'ko')]);
  return { en: withoutStyle(en), ko: withoutStyle(ko) };
}

/** The page's policy allows no style but the page's own, which also says how large a picture is. */
function withoutStyle(svg: string): string {
  return svg.replace(/^(<svg\b[^>]*?) style="[^"]*"/, '$1');
}
