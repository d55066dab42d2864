import type { ComponentChildren, JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { hidesRows, noFilters, type Filters as Chosen } from './filter';
import { Icon } from './mark';
import { usePage, type Controls } from './page';
import { states, stateOf } from './state';

/** What can be chosen, each with the number of rows that choosing it leaves. */
export function Filters({ controls: { replace } }: { controls: Controls }): JSX.Element {
  const { data, words, route, found } = usePage();
  const { filters } = route;
  const choose = (changes: Partial<Chosen>): void => replace({ ...route, filters: { ...filters, ...changes } });

  // on a narrow screen they would push the matrix out of sight
  const [open, setOpen] = useState(
    () => matchMedia('(min-width: 46.01rem)').matches || filters.states.length + filters.levels.length + filters.engines.length > 0,
  );

  const { occurring, levels } = useMemo(
    () => ({
      occurring: states.filter((state) => data.claims.some(({ cells }) => cells.some((cell) => stateOf(cell) === state))),
      levels: [...new Set(data.claims.map(({ level }) => level))],
    }),
    [data],
  );
  return (
    <form class="filters" role="search" aria-label={words.filters.heading} onSubmit={(event) => event.preventDefault()}>
      <div class="line">
        <label class="search">
          <span>{words.filters.search}</span>
          <input
            id="search"
            type="search"
            placeholder={words.filters.searchHint}
            value={filters.text}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => choose({ text: currentTarget.value })}
          />
        </label>
        <label>
          <span>{words.filters.area}</span>
          <select value={filters.area} onChange={({ currentTarget }) => choose({ area: currentTarget.value })}>
            <Areas />
          </select>
        </label>
        {data.columns.length > 1 && (
          <label class="differ">
            <input type="checkbox" checked={filters.differ} onChange={({ currentTarget }) => choose({ differ: currentTarget.checked })} />
            <span>{words.filters.differ}</span>
          </label>
        )}
        {(hidesRows(filters) || filters.engines.length > 0) && (
          <button type="button" onClick={() => choose(noFilters)}>
            {words.filters.clear}
          </button>
        )}
      </div>
      <details class="more" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{words.filters.more}</summary>
        <Choice legend={words.filters.verdict}>
          {occurring.map((state) => (
            <Chip
              key={state}
              chosen={filters.states.includes(state)}
              onToggle={() => choose({ states: toggled(filters.states, state) })}
              title={words.stateMeans[state]}
            >
              <span class={`mark ${state}`}>
                <Icon state={state} />
                {words.states[state]}
              </span>{' '}
              <Count of={found.states.get(state)} />
            </Chip>
          ))}
        </Choice>
        {levels.length > 1 && (
          <Choice legend={words.filters.level}>
            {levels.map((level) => (
              <Chip
                key={level}
                chosen={filters.levels.includes(level)}
                onToggle={() => choose({ levels: toggled(filters.levels, level) })}
                title={words.levelMeans[level as keyof typeof words.levelMeans]}
              >
                {words.levels[level as keyof typeof words.levels]} <Count of={found.levels.get(level)} />
              </Chip>
            ))}
          </Choice>
        )}
        {data.columns.length > 1 && (
          <Choice legend={words.filters.engines}>
            {data.columns.map(({ label }) => (
              <Chip
                key={label}
                chosen={filters.engines.includes(label)}
                onToggle={() => choose({ engines: toggled(filters.engines, label) })}
              >
                {label}
              </Chip>
            ))}
          </Choice>
        )}
      </details>
    </form>
  );
}

/** Areas, and the sections of each. */
function Areas(): JSX.Element {
  const { data, words, found } = usePage();
  const areas = useMemo(() => {
    const all = new Map<string, Set<string>>();
    for (const { area, section } of data.claims) all.set(area, (all.get(area) ?? new Set()).add(section));
    return all;
  }, [data]);
  const numbered = (name: string, value: string): string => `${name} (${String(found.areas.get(value) ?? 0)})`;
  return (
    <>
      <option value="">{words.filters.allAreas}</option>
      {[...areas].map(([area, sections]) => (
        <optgroup key={area} label={area} lang="en">
          <option value={area}>{numbered(area, area)}</option>
          {[...sections].map((section) => (
            <option key={section} value={`${area}/${section}`}>
              {numbered(`${area} / ${section}`, `${area}/${section}`)}
            </option>
          ))}
        </optgroup>
      ))}
    </>
  );
}

function Choice({ legend, children }: { legend: string; children: JSX.Element[] }): JSX.Element {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="chips">{children}</div>
    </fieldset>
  );
}

function Chip({
  chosen,
  onToggle,
  title,
  children,
}: {
  chosen: boolean;
  onToggle: () => void;
  title?: string | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <label class="chip" title={title}>
      <input type="checkbox" checked={chosen} onChange={onToggle} />
      <span>{children}</span>
    </label>
  );
}

function Count({ of: count = 0 }: { of: number | undefined }): JSX.Element {
  return <span class="count">{count}</span>;
}

function toggled<T>(chosen: readonly T[], value: T): T[] {
  return chosen.includes(value) ? chosen.filter((it) => it !== value) : [...chosen, value];
}
