import type { JSX } from 'preact';

/** The addresses in a text, which may lack their scheme, as catalogues write them: `docs.docker.com/engine/network`. */
const address = /(?:https?:\/\/)?(?:[a-z0-9-]+\.)+[a-z]{2,}\/[^\s()<>"']*[^\s()<>"'.,;:]/gi;

/** A text of others, with what is an address in it as links. Only the web is linked to: no other scheme is recognised. */
export function Quoted({ text }: { text: string }): JSX.Element {
  const parts: (JSX.Element | string)[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const to = /^https?:/i.test(found) ? found : `https://${found}`;
    parts.push(
      text.slice(end, index),
      <a href={to} rel="noreferrer noopener">
        {found}
      </a>,
    );
    end = index + found.length;
  }
  return (
    <span lang="en">
      {parts}
      {text.slice(end)}
    </span>
  );
}
