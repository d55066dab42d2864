import type { Command, Option } from 'commander';
import { catalogue } from '../../fixtures/claims';
import { profiles } from '../../fixtures/profiles';
import { print } from '../base/output';
import { exitStatus, UserError } from '../base/user-error';
import { engineStates } from '../lab';
import { knownPlaces } from '../trace/known-places';

/** Shells that there is a script for. In it, the program itself is asked what can follow. */
const scripts = {
  bash: `_docker_network_conformance() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _docker_network_conformance docker-network-conformance
`,
  zsh: `#compdef docker-network-conformance
_docker_network_conformance() {
  local -a candidates
  candidates=("\${(@f)$("$words[1]" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=(\${candidates:#})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _docker_network_conformance docker-network-conformance
`,
  fish: `function __docker_network_conformance
  set -l words (commandline -opc) (commandline -ct)
  $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c docker-network-conformance -a '(__docker_network_conformance)'
`,
};

const levels = ['must', 'should', 'observed'];

/** Prints what a shell is to load, so that it completes commands, options, areas, ids of claims and engines. */
export function completionCommand(shell: string): number {
  const script = scripts[shell as keyof typeof scripts] as string | undefined;
  if (script === undefined)
    throw new UserError(`There is no completion for "${shell}".`, `Name one of ${Object.keys(scripts).join(', ')}.`, exitStatus.usage);
  print(script);
  return exitStatus.conforms;
}

/** Prints what the last of these words can become, a line each; nothing where a file is meant, for which the shell looks itself. */
export async function completeCommand(root: Command, words: readonly string[]): Promise<number> {
  print((await candidates(root, words)).map((it) => `${it}\n`).join(''));
  return exitStatus.conforms;
}

/** What the last word can become behind the others. */
export async function candidates(root: Command, words: readonly string[]): Promise<string[]> {
  if (words.slice(0, -1).includes('--')) return [];
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  const visible = root.createHelp().visibleCommands(root);
  const command = visible.find((it) => it.name() === before[0]);
  // options alone mean "run"
  const options = (command ?? visible.find((it) => it.name() === 'run'))?.options.filter(({ hidden }) => !hidden) ?? [];
  const named = options.find((option) => isBehind(before, option));
  const others = command ? await argumentsOf(command.name(), before.length) : before.length === 0 ? visible.map((it) => it.name()) : [];
  const possible = typed.startsWith('-')
    ? options.flatMap(({ long }) => long ?? [])
    : named
      ? await valuesOf(named.attributeName(), command?.name())
      : others;
  return possible.filter((it) => it.startsWith(typed));
}

/** Whether the word that follows these is a value of an option: the first one, or any of one that takes several. */
function isBehind(before: readonly string[], { long, short, required, optional, variadic }: Option): boolean {
  const at = before.findLastIndex((word) => word.startsWith('-'));
  const word = before[at];
  return (required || optional) && word !== undefined && (word === long || word === short) && (variadic || at === before.length - 1);
}

async function valuesOf(option: string, command?: string): Promise<string[]> {
  const areas = [...new Set(catalogue.map(({ area }) => area))];
  const ids = catalogue.map(({ id }) => id);
  switch (option) {
    case 'profile':
      return profiles.map(({ id }) => id);
    case 'area':
      return areas;
    case 'claim':
      return ids;
    case 'not':
      return [...areas, ...ids];
    case 'level':
      return levels;
    case 'compose':
      return (await knownPlaces()).projects;
    case 'engine':
      // an address, which nobody can know
      if (command === 'trace' || command === 'init') return [];
      return (await engineStates()).flatMap(({ id, modes }) => [id, ...modes.map(({ engineId }) => engineId)]);
    default:
      return [];
  }
}

/** @param words how many stand before the one that is typed, with the command */
async function argumentsOf(command: string, words: number): Promise<string[]> {
  if (command === 'trace') return words === 1 ? (await knownPlaces()).sources : [];
  if (command === 'explain') return await valuesOf('claim');
  return command === 'completion' ? Object.keys(scripts) : [];
}
