import { htmlDocument } from '../base/html-document';
import { escapeMarkup } from '../base/text';
import { drawWay } from './drawing';
import type { Hop, TraceResults } from './results';
import { changesInWords } from './text';

const style = `
:root{color-scheme:light dark;--ok:#27945a;--broken:#c8323c;--after:#7a828c;--text:#1c2126;--back:#fff;--line:#d5dae0}
@media (prefers-color-scheme:dark){:root{--ok:#4cc38a;--broken:#ff6b72;--after:#98a1ab;--text:#e6e9ec;--back:#15181b;--line:#3a4148}}
body{font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-top:1px solid var(--line)}
td:last-child,pre{font-family:ui-monospace,monospace;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
.ok{color:var(--ok)}.broken{color:var(--broken)}.after,.unknown{color:var(--after)}
figure{margin:1.5rem 0;overflow-x:auto}svg{max-width:100%;height:auto}
dt{font-weight:600;margin-top:.6rem}dd{margin:0}
`;

const words: Record<Hop['state'], string> = {
  ok: '✓ as it must be',
  broken: '✗ breaks here',
  unknown: '? not looked at',
  after: '· behind the break',
};

/** One page for people: the verdict, the way drawn and told, cause, proof and remedy. It loads nothing from elsewhere. */
export function renderTracePage(results: TraceResults): string {
  const { asked, reached, summary, hops, cause, notes, compared, engine, startedAt, suite } = results;
  const title = `${asked.from} to ${asked.to}: ${reached ? 'reached' : 'not reached'}`;
  const rows = hops.map(
    ({ layer, where, state, seen }) =>
      `<tr><td class="${state}">${words[state]}</td><th scope="row">${layer}</th><td>${escapeMarkup(where)}</td><td>${seen.map(escapeMarkup).join('<br>')}</td></tr>`,
  );
  const body = `<main>
<h1>${escapeMarkup(asked.from)} → ${escapeMarkup(asked.to)} over ${asked.transport.toUpperCase()}: <span class="${reached ? 'ok' : 'broken'}">${reached ? 'reached' : 'not reached'}</span></h1>
<p>${escapeMarkup(summary)}</p>
${
  cause
    ? `<dl><dt>Cause</dt><dd>${escapeMarkup(cause.summary)} (${escapeMarkup(cause.code)})</dd><dt>Remedy</dt><dd><pre>${escapeMarkup(cause.remedy)}</pre></dd></dl>`
    : ''
}
${notes.map((note) => `<p>${escapeMarkup(note)}</p>`).join('')}
<figure>${drawWay(results)}</figure>
<h2>The way, hop by hop</h2>
<table><thead><tr><th scope="col">state</th><th scope="col">layer</th><th scope="col">where</th><th scope="col">seen</th></tr></thead><tbody>${rows.join('')}</tbody></table>
${cause ? `<h2>Proof</h2>${cause.seen.map(({ where, what, answer }) => `<h3>${escapeMarkup(`${where}: ${what}`)}</h3><pre>${escapeMarkup(answer)}</pre>`).join('')}` : ''}
${compared ? `<h2>What is different</h2><pre>${escapeMarkup(changesInWords(compared).join('\n'))}</pre>` : ''}
<p class="after">${escapeMarkup(`${engine.id}, ${engine.reachedBy}; ${startedAt}; ${suite.name} ${suite.version}`)}</p>
</main>`;
  return htmlDocument({ title, style, body });
}
