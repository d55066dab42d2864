import type { JSX } from 'preact';
import { EnginePicker, pickedColumns } from './engine-picker';
import { noFilters } from './filter';
import { usePage } from './page';
import { Picture } from './picture';

/** Pictures of all topologies that were observed, with the claims that are judged on each. */
export function Topologies(): JSX.Element {
  const page = usePage();
  const { data, words, route, controls } = page;
  // those that claims are judged on are named where nobody has seen them, too
  const names = [...new Set([...data.topologies.map(({ name }) => name), ...data.claims.flatMap(({ topology }) => topology ?? [])])];
  return (
    <section class="topologies">
      <h1 tabIndex={-1}>{words.topologies}</h1>
      <p class="lead">{words.topologiesLead}</p>
      {names.length === 0 && <p class="none">{words.noPictures}</p>}
      {names.length > 0 && <EnginePicker picked={route.engine} onPick={(engine) => controls?.replace({ ...route, engine })} />}
      {names.map((name) => (
        <section key={name} aria-label={name}>
          <h2 lang="en">{name}</h2>
          <div class="pictures">
            {pickedColumns(page, route.engine).map((column) => (
              <Picture key={column} name={name} column={column} />
            ))}
          </div>
          <ClaimsOf name={name} />
        </section>
      ))}
    </section>
  );
}

function ClaimsOf({ name }: { name: string }): JSX.Element | null {
  const { data, words, href } = usePage();
  const claims = data.claims.filter(({ topology }) => topology === name);
  if (claims.length === 0) return null;
  return (
    <details>
      <summary>{words.claimsOfTopology(claims.length)}</summary>
      <ul lang="en">
        {claims.map(({ id, title }) => (
          <li key={id}>
            <a href={href({ view: 'claim', claim: id, filters: noFilters })}>{title}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}
