import type { Claim, VersionBoundary } from '../../../fixtures/claims/model';

const introduction = `# The claims

Every sentence about container networks that this suite checks, by area. The id of a claim is stable: link to
\`#id\` here, run one with \`npm test -- --claim <id>\`, and see its evidence with
\`npx docker-network-conformance explain <id>\`. **must** is documented (where the sentence says so, of the
default configuration), demanded by a standard, or kept by a test of the engine's own; **should** is a documented default
value that configuration or a machine may change; *observed* is what engines do, and promised by nobody.

This file is made from \`specs\`; docs/adding-a-claim.md says how.`;

/** The catalogue as a document, in Markdown: an overview, and a section for each area. */
export function claimsDocument(catalogue: readonly Claim[]): string {
  const areas = [...new Set(catalogue.map(({ area }) => area))].map((area) => ({
    area,
    claims: catalogue.filter((claim) => claim.area === area),
  }));
  const overview = [
    '| area | sections | claims |',
    '| --- | --- | ---: |',
    ...areas.map(({ area, claims }) => `| [${area}](#${area}) | ${sectionsOf(claims).join(', ')} | ${claims.length} |`),
    `| | | ${catalogue.length} |`,
  ];
  return `${[introduction, overview.join('\n'), ...areas.map(({ area, claims }) => areaText(area, claims))].join('\n\n')}\n`;
}

function sectionsOf(claims: readonly Claim[]): string[] {
  return [...new Set(claims.map(({ section }) => section))];
}

function areaText(area: string, claims: readonly Claim[]): string {
  const sections = sectionsOf(claims).map((section) =>
    [`### ${section}`, ...claims.filter((claim) => claim.section === section).map(claimText)].join('\n\n'),
  );
  return [`## ${area}`, ...sections].join('\n\n');
}

function claimText({ id, level, title, sources, observedBy, backend, since, until, requires = [] }: Claim): string {
  const needs = requires.filter((it) => it !== 'tools-image');
  const facts = [
    `Seen by: ${observedBy}`,
    `Source: ${sources.map((source) => ('document' in source ? `the lab's ${source.document}` : link(source.docs))).join(', ')}`,
    ...(backend ? [`Firewall backend: ${backend}`] : []),
    ...(since ? [`Since ${boundary(since)}`] : []),
    ...(until
      ? [`Until ${boundary(until)}${until.replacedBy === undefined ? '' : `; then [${until.replacedBy}](#${until.replacedBy})`}`]
      : []),
    ...(needs.length > 0 ? [`Needs: ${needs.join(', ')}`] : []),
  ];
  return [`<a id="${id}"></a>**\`${id}\`** (${level})  \n${escaped(title)}`, ...facts.map((fact) => `- ${fact}`)].join('\n');
}

function boundary({ version, source }: VersionBoundary): string {
  return `${version} (${escaped(source)})`;
}

function link(docs: string): string {
  return /^[\w.-]+\.[a-z]+\/\S*$/.test(docs) ? `<https://${docs}>` : escaped(docs);
}

function escaped(text: string): string {
  return text.replace(/[<>*_|]/g, (sign) => `\\${sign}`);
}
