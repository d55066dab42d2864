import { readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../base/project';
import { textOf } from './ci-files';

/** One behaviour that somebody else tests or documents, and the claims that judge it. */
export interface CoverageRow {
  /** the page of docs.docker.com, or where the tests stand */
  source: string;
  /** names of the tests; none for a page */
  test?: string;
  says: string;
  /** how much of it claims judge; what is argued away counts as none */
  coverage: 'full' | 'partly' | 'none';
  claims: string[];
  /** what no claim judges */
  lacks?: string;
  /** why a black box like this suite should not judge it */
  argument?: string;
}

/** Rows of one material, which is a file of docs/coverage. */
export interface CoverageTable {
  file: string;
  rows: CoverageRow[];
}

const titles: Record<string, string> = {
  'docs/coverage/docs.json': "Docker's documentation",
  'docs/coverage/moby.json': "moby's tests",
  'docs/coverage/podman-nerdctl.json': "Podman's, nerdctl's and Compose's tests",
};

/** All tables of docs/coverage. */
export function coverageTables(): CoverageTable[] {
  return readdirSync(path.join(projectRoot, 'docs/coverage'))
    .sort()
    .map((name) => `docs/coverage/${name}`)
    .map((file) => ({ file, rows: JSON.parse(textOf(file)) as CoverageRow[] }));
}

const introduction = `# What others test and document

Engine makers test their engines, and Docker documents what its networks do. These tables hold the claims against that, row by
row: each row is one behaviour in our own words, with where it is tested or said, the claims that judge it, and how much of it
they judge. **In full**: a claim judges all of it. **Partly**: a claim judges some of it, and \`lacks\` says what is missing. All else is
uncovered; a row that a suite like this cannot or should not judge is uncovered, too, and has its argument. Rows of moby are of
revision b985e231, of Podman c6580b4, of nerdctl 8da5040, and of Compose f729794.

The rows are data, in [docs/coverage](coverage), and [Adding a claim](adding-a-claim.md#1-write-the-sentence) says how they are
kept. A test asks that each claim that they name exists, and that this page says what they say.`;

/** The tables in counts, as docs/coverage.md has them. */
export function coverageDocument(tables: readonly CoverageTable[]): string {
  const summary = counted(
    'material',
    tables.map(({ file, rows }) => [`[${titles[file] ?? file}](${path.relative('docs', file)})`, rows]),
  );
  const bySource = tables.map(({ file, rows }) => {
    const sources = [...new Set(rows.map(({ source }) => source))];
    const groups = sources.map((source): [string, CoverageRow[]] => [source, rows.filter((row) => row.source === source)]);
    return `## ${titles[file] ?? file}\n\n${counted('where', groups)}`;
  });
  return `${[introduction, summary, ...bySource].join('\n\n')}\n`;
}

function counted(what: string, groups: readonly (readonly [string, readonly CoverageRow[]])[]): string {
  const lines = groups.map(([name, rows]) => {
    const of = (coverage: CoverageRow['coverage']) => rows.filter((row) => row.coverage === coverage).length;
    const argued = rows.filter(({ argument }) => argument !== undefined).length;
    const share = (count: number) => `${((100 * count) / rows.length).toFixed(1)} %`;
    const [full, some] = [of('full'), of('full') + of('partly')];
    return `| ${name} | ${rows.length} | ${full} | ${some - full} | ${of('none')} | ${argued} | ${share(full)} | ${share(some)} |`;
  });
  const head = [`| ${what} | rows | in full | partly | uncovered | of which argued | in full | at least partly |`];
  return [...head, '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |', ...lines].join('\n');
}
