import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { noFilters } from './filter';
import { Icon } from './mark';
import { usePage } from './page';
import { redGroups, type RedClaim, type RedGroup } from './red-groups';
import { formatRoute } from './route';
import { languageOf } from './language-of';

/** So few claims are shown without being asked for. */
const few = 4;

/** Characters of a reason that are told beside a claim; its own view has all of it. */
const shownReason = 200;

/** What is red, first of all: each cause once, known or not, with all the claims that it turned red behind it. */
export function Red(): JSX.Element | null {
  const { data, words, language, route, controls } = usePage();
  return useMemo(() => {
    const groups = redGroups(data.claims);
    const claims = new Set(groups.flatMap((group) => group.claims.map(({ row }) => row))).size;
    const engines = new Set(groups.flatMap(({ columns }) => columns)).size;
    if (claims === 0) return data.columns.every(({ run }) => run) && data.claims.length > 0 ? <NothingRed /> : null;
    const hrefOf =
      controls &&
      ((claim: string, engine: string | undefined) =>
        formatRoute({ view: 'claim', claim, engine, language: route.language, filters: noFilters }));
    return (
      <section class="red alarm" aria-labelledby="red">
        <h2 id="red">{words.red}</h2>
        <p>{words.redCount(claims, engines, data.columns.length)}</p>
        {groups.map((group) => (
          <Group key={`${group.kind} ${group.code} ${group.summary}`} group={group} open={claims <= few} hrefOf={hrefOf} />
        ))}
      </section>
    );
  }, [data, language, route.language, controls !== undefined]);
}

function NothingRed(): JSX.Element {
  const { words } = usePage();
  return (
    <p class="nothing-red">
      <Icon state="conforms" /> {words.nothingRed}
    </p>
  );
}

type HrefOf = ((claim: string, engine: string | undefined) => string) | undefined;

function Group({
  group: { kind, code, summary, remedy, columns, claims },
  open,
  hrefOf,
}: {
  group: RedGroup;
  open: boolean;
  hrefOf: HrefOf;
}): JSX.Element {
  const { data, words } = usePage();
  return (
    <details class="group" open={open}>
      <summary>
        <b class="how-many">{words.claims(claims.length)}</b>
        <span class="what-broke">
          {kind !== 'cause' && <span>{kind === 'error' ? words.suiteFailed : words.noCause}</span>}
          {summary !== '' && <span lang={languageOf(summary)}>{summary}</span>}
          {code !== '' && <code>{code}</code>}
          {data.columns.length > 1 && <Labels columns={columns} />}
        </span>
      </summary>
      {remedy !== '' && (
        <p class="remedy">
          {words.remedy}: <code>{remedy}</code>
        </p>
      )}
      <ul>
        {claims.map((claim) => (
          <Claim key={claim.row.id} claim={claim} all={columns} tellsReason={kind === 'unknown'} hrefOf={hrefOf} />
        ))}
      </ul>
    </details>
  );
}

function Claim({
  claim: { row, columns, reason },
  all,
  tellsReason,
  hrefOf,
}: {
  claim: RedClaim;
  all: readonly number[];
  tellsReason: boolean;
  hrefOf: HrefOf;
}): JSX.Element {
  const { data } = usePage();
  const text = reason.replace(/\s+/g, ' ').trim();
  return (
    <li>
      {hrefOf ? (
        <a href={hrefOf(row.id, data.columns[columns[0] ?? 0]?.label)} lang={languageOf(row.title)}>
          {row.title}
        </a>
      ) : (
        <span lang={languageOf(row.title)}>{row.title}</span>
      )}
      {columns.length < all.length && <Labels columns={columns} />}
      {tellsReason && (
        <span class="muted gist-of" lang={languageOf(text)}>
          {text.length > shownReason ? `${text.slice(0, shownReason)}…` : text}
        </span>
      )}
    </li>
  );
}

/** The engines that something is said of. */
function Labels({ columns }: { columns: readonly number[] }): JSX.Element {
  const { data } = usePage();
  return (
    <span class="labels">
      {columns.map((column) => (
        <span key={column}>{data.columns[column]?.label} </span>
      ))}
    </span>
  );
}
