import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Topology } from '../report-data';
import { usePage } from './page';
import { EnginePicker, pickedColumns } from './engine-picker';

/** What a topology looked like on one engine. The drawing is the suite's own; everything in it is escaped where it is made. */
export function Picture({ topology, column }: { topology: Topology; column: number }): JSX.Element {
  const { data, words, language } = usePage();
  const label = data.columns[column]?.label ?? '';
  const drawn = topology.pictures[column];
  return (
    <figure class="picture">
      {drawn ? (
        <div class="drawing" dangerouslySetInnerHTML={{ __html: drawn[language] }} />
      ) : (
        <p class="muted">{words.noPicture(label)}</p>
      )}
      <figcaption>{words.pictureOf(topology.name, label)}</figcaption>
    </figure>
  );
}

/** The picture that belongs to a claim, on an engine of the reader's choice. */
export function PickedPicture({ name }: { name: string }): JSX.Element | null {
  const page = usePage();
  const [picked, setPicked] = useState(page.route.engine);
  const topology = page.data.topologies.find((it) => it.name === name);
  if (!topology?.pictures.some(Boolean)) return null;
  return (
    <section aria-labelledby="picture">
      <h2 id="picture">{page.words.picture}</h2>
      <EnginePicker picked={picked} onPick={setPicked} />
      {pickedColumns(page, picked).map((column) => (
        <Picture key={column} topology={topology} column={column} />
      ))}
    </section>
  );
}
