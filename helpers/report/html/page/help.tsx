import type { JSX, Ref } from 'preact';
import { Mark } from './mark';
import { usePage } from './page';
import { states } from './state';

/** What the signs mean, and what the keyboard does. */
export function Help({ dialog }: { dialog: Ref<HTMLDialogElement> }): JSX.Element {
  const { words } = usePage();
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help">
      <form method="dialog">
        <h2 id="help">{words.views.help}</h2>
        <button>{words.close}</button>
      </form>
      <h3>{words.verdicts}</h3>
      <dl>
        {states.map((state) => (
          <div key={state}>
            <dt>
              <Mark state={state} word={words.states[state]} />
            </dt>
            <dd>{words.stateMeans[state]}</dd>
          </div>
        ))}
      </dl>
      <h3>{words.levelsHeading}</h3>
      <dl>
        {(['must', 'should', 'observed'] as const).map((level) => (
          <div key={level}>
            <dt>{words.levels[level]}</dt>
            <dd>{words.levelMeans[level]}</dd>
          </div>
        ))}
      </dl>
      <h3>{words.keyboard}</h3>
      <p class="muted">{words.shortcutsMean}</p>
      <dl>
        {words.keys.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
