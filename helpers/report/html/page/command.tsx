import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { usePage } from './page';

/** A command to run in a shell, and a button that copies it. */
export function Command({ text }: { text: string }): JSX.Element {
  const { words } = usePage();
  const [outcome, setOutcome] = useState<'copied' | 'notCopied'>();
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('notCopied'),
    );
  };
  return (
    <div class="command">
      <code lang="en">{text}</code>
      <button type="button" onClick={copy}>
        {words.copy}
      </button>
      <span role="status">{outcome && words[outcome]}</span>
    </div>
  );
}
