import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Topology } from '../report-data';
import { usePage } from './page';
import { EnginePicker, pickedColumns } from './engine-picker';

/** What a topology looked like on one engine. The drawing is the suite's own; everything in it is escaped where it is made. */
export function Picture({ topology, column }: { topology: Topology; column: number }): JSX.Element {
  const { data, words, language } = usePage();
  const label = data.columns[column]?.label ?? '';
  const caption = words.pictureOf(topology.name, label);
  const drawn = topology.pictures[column];
  return (
    <figure class="picture">
      {drawn ? (
        <div class="drawing" role="group" aria-label={caption} tabIndex={0} dangerouslySetInnerHTML={{ __html: drawn[language] }} />
      ) : (
        <p class="muted">{words.noPicture(label)}</p>
      )}
      <figcaption>{caption}</figcaption>
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
    <details class="with-picture">
      <summary>{page.words.picture}</summary>
      <EnginePicker picked={picked} onPick={setPicked} />
      {pickedColumns(page, picked).map((column) => (
        <Picture key={column} topology={topology} column={column} />
      ))}
    </details>
  );
}
