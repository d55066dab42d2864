import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Command } from './command';
import { usePage } from './page';
import { EnginePicker, pickedColumns } from './engine-picker';

/** What a topology looked like on one engine. The drawing is the suite's own; everything in it is escaped where it is made. */
export function Picture({ name, column }: { name: string; column: number }): JSX.Element {
  const { data, words, language } = usePage();
  const label = data.columns[column]?.label ?? '';
  const caption = words.pictureOf(name, label);
  const drawn = data.topologies.find((it) => it.name === name)?.pictures[column];
  return (
    <figure class="picture">
      {drawn ? (
        <div class="drawing" role="group" aria-label={caption} tabIndex={0} dangerouslySetInnerHTML={{ __html: drawn[language] }} />
      ) : (
        <Missing name={name} column={column} />
      )}
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

/** Why there is no picture, and what to do to have one. */
function Missing({ name, column }: { name: string; column: number }): JSX.Element {
  const { data, words } = usePage();
  const { label = '', engine = '', failure } = data.columns[column] ?? {};
  const own = data.claims.filter(({ topology }) => topology === name);
  const wasAsked = own.some(({ cells }) => (cells[column]?.attempts ?? 0) > 0);
  const [first] = own;
  return (
    <div class="missing">
      <p>
        {words.noPicture(label)} {failure !== undefined ? words.noPictureFailed : wasAsked ? words.noPictureUnseen : words.noPictureUnasked}
      </p>
      {first && failure === undefined && (
        <Command text={`npx docker-network-conformance run --engine ${engine} --claim ${first.id} --html report.html`} />
      )}
    </div>
  );
}

/** The picture that belongs to a claim, on an engine of the reader's choice. */
export function PickedPicture({ name }: { name: string }): JSX.Element {
  const page = usePage();
  const [picked, setPicked] = useState(page.route.engine);
  return (
    <details class="with-picture">
      <summary>{page.words.picture}</summary>
      <EnginePicker picked={picked} onPick={setPicked} />
      {pickedColumns(page, picked).map((column) => (
        <Picture key={column} name={name} column={column} />
      ))}
    </details>
  );
}
