import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Step } from '../report-data';
import { placeOf } from '../../../results/place';
import { readable } from './answer';
import { usePage } from './page';

/** Evidence in the order in which it was gathered. */
export function Evidence({ steps, heading }: { steps: readonly Step[]; heading: string }): JSX.Element {
  const { words } = usePage();
  return (
    <>
      <h3>{heading}</h3>
      {steps.length === 0 ? (
        <p class="muted">{words.noEvidence}</p>
      ) : (
        <ol class="timeline">
          {steps.map((step, index) => (
            <Item key={index} step={step} />
          ))}
        </ol>
      )}
    </>
  );
}

function Item({ step }: { step: Step }): JSX.Element {
  const { words } = usePage();
  const { atMs, durationMs, kind, what, answer } = step;
  const place = placeOf(step);
  return (
    <li class={`step ${kind}`}>
      <p class="when">
        <span class="at">{`${String(atMs)} ms`}</span> <span class="place-of-step">{words.places[place.kind]}</span>
        {place.name !== '' && (
          <>
            {' '}
            <b lang="en">{place.name}</b>
          </>
        )}
        {kind === 'note' && <span class="remark"> {words.note}</span>}
        {durationMs > 0 && <span class="took"> {words.took(`${String(durationMs)} ms`)}</span>}
      </p>
      <code class="what" lang="en">
        {what}
      </code>
      <Answer answer={answer} />
    </li>
  );
}

function Answer({ answer }: { answer: string }): JSX.Element {
  const { words } = usePage();
  const [open, setOpen] = useState(false);
  if (answer.trim() === '') return <p class="muted answer">{words.nothing}</p>;
  const { text, lines, beginning } = readable(answer);
  return (
    <div class="answer">
      <pre lang="en">{open ? text : (beginning ?? text)}</pre>
      {beginning !== undefined && !open && (
        <button type="button" onClick={() => setOpen(true)}>
          {words.wholeAnswer(lines)}
        </button>
      )}
    </div>
  );
}
