import { countsLine, countsOf, headOf, remarksOn, rerun, sectionsOf, type Section } from './outline';
import type { ClaimResult, Results } from './results';
import { escapeMarkup, plain } from './text';
import { verdictWords } from './verdict';
import { exitMeaning } from './verdict-summary';
import { writeFileAtomically } from './write-file';

/** Markup that is safe as it is; only {@link html} makes it. */
class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | string | number | readonly Value[] | undefined;

/** A template whose values are escaped unless they came from this template themselves. */
function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(render)));
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(plain(String(value)));
  return value.map(render).join('');
}

const style = new Markup(`
:root { color-scheme: light dark; --line: #8884; --conforms: #1a7f37; --deviates: #c4222d; --blocked: #8a5a00; --error: #8a3ab9; }
@media (prefers-color-scheme: dark) {
  :root { --conforms: #4ac26b; --deviates: #ff7b72; --blocked: #e3b341; --error: #d2a8ff; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th[scope=row], td.verdict { white-space: nowrap; }
pre { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: .8rem; max-height: 30rem; overflow: auto; }
code, pre { font: .875em/1.45 ui-monospace, monospace; }
ul.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: 0; list-style: none; }
.conforms { color: var(--conforms); } .deviates { color: var(--deviates); } .blocked { color: var(--blocked); } .error { color: var(--error); }
`);

/** The results as one HTML file that needs nothing else. */
export function htmlReport(results: Results): string {
  const meaning = exitMeaning(results);
  const { leftovers } = results.host;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${results.engine.id}: ${results.suite.name}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${results.suite.name}: ${results.engine.id}</h1>
<table>
${headOf(results).map(([label, value]) => row(label, value))}
${row('Started', results.startedAt)}
</table>
<h2>Result</h2>
<p>${countsLine(results)}</p>
${meaning && html`<p>Exit status ${results.summary.exitStatus}: ${meaning}.</p>`}
<ul class="counts">${countsOf(results).map(({ verdict, words }) => html`<li class="${verdict}" data-count="${verdict}">${verdictWords[verdict].mark} ${words}</li>`)}</ul>
${leftovers.length > 0 ? html`<p>The run left behind:</p><ul>${leftovers.map((it) => html`<li>${it}</li>`)}</ul>` : undefined}
${sectionsOf(results.claims).map(section)}
</main>
</body>
</html>
`.text;
}

/** Writes {@link htmlReport}. */
export function writeHtml(path: string, results: Results): void {
  writeFileAtomically(path, htmlReport(results));
}

function row(label: string, value: string): Markup {
  return html`<tr><th scope="row">${label}</th><td>${value}</td></tr>\n`;
}

function section({ area, section: name, claims }: Section): Markup {
  return html`<section>
<h2>${area}: ${name}</h2>
<table>
<thead><tr><th scope="col">Verdict</th><th scope="col">Claim</th><th scope="col">Level</th></tr></thead>
<tbody>
${claims.map(claimRow)}</tbody>
</table>
</section>
`;
}

function claimRow(claim: ClaimResult): Markup {
  const { mark, label } = verdictWords[claim.verdict];
  return html`<tr id="${claim.id}"><td class="verdict ${claim.verdict}">${mark} ${label}</td><td>${claim.title}${remarksOn(claim)}<br><code>${claim.id}</code>
${claim.reason && html`<pre>${claim.reason}</pre>`}
${claim.cause && html`<p>Cause: ${claim.cause.summary} (<code>${claim.cause.code}</code>)<br>Remedy: ${claim.cause.remedy}</p>`}
${steps('Evidence', claim.evidence)}${claim.cause && steps('Evidence of the cause', claim.cause.evidence)}
${claim.verdict === 'deviates' || claim.verdict === 'error' ? html`<p>Again: <code>${rerun(claim)}</code></p>` : undefined}
</td><td>${claim.level}</td></tr>
`;
}

function steps(title: string, evidence: ClaimResult['evidence']): Markup | undefined {
  if (evidence.length === 0) return undefined;
  const items = evidence.map(({ atMs, where, what, answer }) => html`<li>${atMs} ms, ${where}: <code>${what}</code><pre>${answer}</pre></li>`);
  return html`<details><summary>${title} (${evidence.length})</summary><ol>${items}</ol></details>`;
}
