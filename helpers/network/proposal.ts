import { drawMatrix } from './matrix';
import type { OpenPort, Party, Reachability } from './who-reaches-whom';

/** Words that cannot be names of constants, and those that the spec itself has. */
const taken = new Set(
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface package private protected public claim container expect mustNotReach openPorts project reach'.split(
    ' ',
  ),
);

/**
 * A spec that says who reaches whom today, for people to edit. Who is kept apart is said where somebody else does reach the port, for
 * a "must not" needs its control.
 * @param day when that was
 */
export function proposal(seen: Reachability, day: string): string {
  const { parties } = seen;
  const constants = namesFor(parties);
  const nameOf = (party: Party) => constants.get(party) ?? '';
  const area = areaOf(parties);
  const ids = new Set<string>();
  const claims = parties.flatMap((to) => claimsOn(to, seen, nameOf).map((it) => written(it, area, ids)));
  const used = ['claim', 'container', 'expect', 'mustNotReach', 'openPorts', 'project', 'reach'].filter((name) =>
    [...claims, ...declarations(parties, nameOf)].some((text) => new RegExp(`\\b${name}\\(`).test(text)),
  );
  return `/*
 * Who reached whom on ${day}. Edit this until it says what you mean: a sentence that should not hold is a finding.
 *
${drawMatrix(seen)
  .split('\n')
  .map((line) => ` *   ${line.replaceAll('*/', '* /')}`.trimEnd())
  .join('\n')}
 */
import { ${used.join(', ')} } from 'docker-network-conformance';

${declarations(parties, nameOf).join('\n')}

${claims.join('\n\n')}
`;
}

/** A claim, or what nobody can claim. */
type Proposed = { id: string; title: string; check: string } | { remark: string };

function claimsOn(to: Party, { parties, reached }: Reachability, nameOf: (party: Party) => string): Proposed[] {
  const open = to.ports.map((it) => `${it.port}/${it.transport}`);
  const ports: Proposed = {
    id: `${to.name}-is-open-as-it-should`,
    title:
      open.length === 0 ? `${to.name} must have no open port` : `${to.name} must be open on ${open.join(' and ')}, and on nothing else`,
    check: `async () => expect(await openPorts(${nameOf(to)})).toEqual(${literal(open)})`,
  };
  const others = parties.filter((it) => it !== to);
  // ports of UDP are listed only as far as it is known how to greet there, and in host mode they are those of the host
  const isWhole = to.ports.every(({ transport }) => transport === 'tcp') && to.members[0]?.networkMode !== 'host';
  return [
    ...(isWhole ? [ports] : []),
    ...to.ports.flatMap((port) => {
      const seen = others.map((from) => ({
        from,
        it: reached(from, to).find((it) => it.port === port.port && it.transport === port.transport),
      }));
      const control = seen.find(({ it }) => it?.answers === true && it.around === undefined)?.from;
      return seen.map(({ from, it }): Proposed => {
        const names = { from: nameOf(from), to: nameOf(to) };
        const way = `${from.name} reaches ${to.name} on ${inWords(port)}`;
        if (it?.around !== undefined) return { remark: `${way}, and they share no network: ${it.around}. Is that meant?` };
        if (it && !it.answers) return { remark: `${way}, and what it answers is not what is usual there.` };
        if (it)
          return {
            id: `${from.name}-reaches-${to.name}-on-${port.port}`,
            title: `${from.name} must reach ${to.name} on ${inWords(port)}`,
            check: `() => reach(${names.from}, ${names.to}, ${port.transport === 'udp' ? `{ port: ${port.port}, udp: true }` : port.port})`,
          };
        if (!control)
          return { remark: `${from.name} does not reach ${to.name} on ${inWords(port)}, and nobody else does, who could be the control.` };
        const options = `{ port: ${port.port}, ${port.transport === 'udp' ? 'udp: true, ' : ''}control: ${nameOf(control)} }`;
        return {
          id: `${from.name}-is-kept-from-${to.name}-on-${port.port}`,
          title: `${from.name} must not reach ${to.name} on ${inWords(port)}`,
          check: `() => mustNotReach(${names.from}, ${names.to}, ${options})`,
        };
      });
    }),
  ];
}

function inWords({ port, transport }: OpenPort): string {
  return transport === 'udp' ? `UDP port ${port}` : `port ${port}`;
}

function written(proposed: Proposed, area: string, ids: Set<string>): string {
  if ('remark' in proposed) return `// ${proposed.remark.replace(/\s+/g, ' ')}`;
  const wanted = `${area}.${proposed.id}`.replace(/[^\w.-]+/g, '-').replace(/^[^\w]+/, '');
  let id = wanted;
  for (let nth = 2; ids.has(id); nth += 1) id = `${wanted}-${nth}`;
  ids.add(id);
  return `claim({\n  id: ${literal(id)},\n  title: ${literal(proposed.title)},\n  check: ${proposed.check},\n});`;
}

/** The project that all are of, else a word for what an engine runs. */
function areaOf(parties: readonly Party[]): string {
  const projects = new Set(parties.map(({ project }) => project));
  const [only] = projects;
  return projects.size === 1 && only !== undefined ? only : 'network';
}

/** A name for each that can stand in a program. */
function namesFor(parties: readonly Party[]): Map<Party, string> {
  const used = new Set(taken);
  for (const project of projectsOf(parties)) used.add(constantFor(project, used));
  return new Map(
    parties.map((party) => {
      const name = constantFor(party.name, used);
      used.add(name);
      return [party, name];
    }),
  );
}

function constantFor(name: string, used: ReadonlySet<string>): string {
  const camel = name.replace(/[^a-z\d]+([a-z\d])?/gi, (_, next: string | undefined) => next?.toUpperCase() ?? '');
  const plain = /^[a-z]/i.test(camel) ? camel : `the${camel}`;
  let free = plain;
  for (let nth = 2; used.has(free); nth += 1) free = `${plain}${nth}`;
  return free;
}

const projectsOf = (parties: readonly Party[]): string[] => [
  ...new Set(parties.flatMap(({ project, service }) => (service === undefined ? [] : (project ?? [])))),
];

function declarations(parties: readonly Party[], nameOf: (party: Party) => string): string[] {
  const used = new Set(taken);
  const projects = new Map<string, string>();
  for (const project of projectsOf(parties)) {
    const name = constantFor(project, used);
    used.add(name);
    projects.set(project, name);
  }
  return [
    ...[...projects].map(([project, name]) => `const ${name} = project(${literal(project)});`),
    ...parties.map((party) => {
      const project = party.project === undefined ? undefined : projects.get(party.project);
      const place =
        project !== undefined && party.service !== undefined
          ? `${project}.service(${literal(party.service)})`
          : `container(${literal(party.name)})`;
      return `const ${nameOf(party)} = ${place};`;
    }),
  ];
}

/** As it stands in a program; whatever a name holds, it stays one word of it. */
function literal(value: string | readonly string[]): string {
  if (typeof value !== 'string') return `[${value.map(literal).join(', ')}]`;
  return /^[\w ./,-]*$/.test(value) ? `'${value}'` : JSON.stringify(value).replace(/[\u2028\u2029]/g, ' ');
}
