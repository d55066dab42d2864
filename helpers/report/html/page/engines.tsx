import type { JSX } from 'preact';
import type { Column, Run } from '../report-data';
import { Command } from './command';
import { Icon } from './mark';
import { usePage } from './page';
import type { State } from './state';

/** What is wrong beyond any claim: engines without results, what nobody looked at, and what runs left behind. */
export function Alarms(): JSX.Element {
  const { data, words } = usePage();
  return (
    <>
      {data.columns.map(({ label, failure, run }) => (
        <>
          {failure !== undefined && (
            <section class="alarm" key={label}>
              <h2>{words.failed(label)}</h2>
              <p lang="en">{failure}</p>
            </section>
          )}
          {run && run.notLookedAt.length > 0 && (
            <section class="alarm" key={label}>
              <h2>{words.notLookedAt(label)}</h2>
              <ul lang="en">
                {run.notLookedAt.map(({ what, reason }) => (
                  <li key={what}>
                    {what}: {reason}
                  </li>
                ))}
              </ul>
            </section>
          )}
          {run && run.leftovers.length > 0 && (
            <section class="alarm" key={label}>
              <h2>{words.leftovers(label)}</h2>
              <p>{words.leftoversMean}</p>
              <ul lang="en">
                {run.leftovers.map((it) => (
                  <li key={it}>
                    <code>{it}</code>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      ))}
    </>
  );
}

/** Every engine with its counts, and with the facts that a reader must know to judge them. */
export function Engines(): JSX.Element {
  const { data, words } = usePage();
  return (
    <section class="engines" aria-labelledby="engines">
      <h2 id="engines">{words.engines}</h2>
      {data.columns.map((column) => (
        <Engine key={column.label} column={column} open={data.columns.length === 1} />
      ))}
    </section>
  );
}

function Engine({ column: { label, run, failure }, open }: { column: Column; open: boolean }): JSX.Element {
  const { words } = usePage();
  if (!run) {
    return (
      <p class="engine failed">
        <b>{label}</b> <span lang="en">{failure}</span>
      </p>
    );
  }
  return (
    <details class="engine" open={open}>
      <summary>
        <b>{label}</b>
        <Bar counts={run.counts} />
        <Counts counts={run.counts} />
      </summary>
      {run.statements.map(({ text, command }) => (
        <div key={text} class="statement">
          <p lang="en">{text}</p>
          <Command text={command} />
        </div>
      ))}
      <dl class="facts">
        {factsOf(run, words).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd lang="en">{value}</dd>
          </div>
        ))}
        {run.notes.map((note) => (
          <div key={note}>
            <dt>{words.facts.note}</dt>
            <dd lang="en">{note}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function factsOf(run: Run, { facts, yes, no, part }: ReturnType<typeof usePage>['words']): [string, JSX.Element | string][] {
  return [
    [facts.version, `${run.name} ${run.version}`],
    [facts.api, run.apiVersion],
    [facts.kernel, run.kernel],
    [facts.firewall, run.firewallBackend],
    [facts.rootless, run.rootless ? yes : no],
    ...(run.mode === undefined ? [] : ([[facts.mode, run.mode]] as [string, string][])),
    [facts.reached, run.reachedBy],
    [facts.image, run.image],
    [facts.started, <time dateTime={run.startedAt}>{run.startedAt.replace(/T(\d\d:\d\d).*/, ' $1 UTC')}</time>],
    [facts.duration, run.duration],
    ...(run.shard ? ([[facts.shard, part(run.shard.index, run.shard.total)]] as [string, string][]) : []),
    [facts.suite, run.suite],
  ];
}

const counted = ['conforms', 'deviates', 'not-applicable', 'blocked', 'error'] as const;

/** The verdicts in words; those that deviate although somebody accepts it are told beside them. */
function Counts({ counts }: Pick<Run, 'counts'>): JSX.Element {
  const { words } = usePage();
  return (
    <ul class="counts">
      {counted.map((verdict) => (
        <li
          key={verdict}
          data-count={verdict}
          class={counts[verdict] > 0 ? (verdict === 'deviates' && counts.waived === counts.deviates ? 'waived' : verdict) : 'zero'}
        >
          <Icon state={verdict} /> {words.counted[verdict](counts[verdict])}
          {verdict === 'deviates' && counts.waived > 0 && ` ${words.waivedOfThem(counts.waived)}`}
        </li>
      ))}
    </ul>
  );
}

/** The counts as one strip; the words beside it say the same. */
function Bar({ counts }: Pick<Run, 'counts'>): JSX.Element {
  const parts: [State, number][] = [
    ['conforms', counts.conforms],
    ['deviates', counts.deviates - counts.waived],
    ['waived', counts.waived],
    ['error', counts.error],
    ['blocked', counts.blocked],
    ['not-applicable', counts['not-applicable']],
  ];
  const all = parts.reduce((sum, [, count]) => sum + count, 0);
  let x = 0;
  return (
    <svg class="bar" viewBox={`0 0 ${String(Math.max(all, 1))} 1`} preserveAspectRatio="none" aria-hidden="true">
      {parts.map(([state, count]) => {
        const from = x;
        x += count;
        return count > 0 && <rect key={state} class={state} x={from} y="0" width={count} height="1" />;
      })}
    </svg>
  );
}
