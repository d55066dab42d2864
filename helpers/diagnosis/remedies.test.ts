import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { breaks } from '../selftest/diagnosis-breaks';
import { followedBreaks } from '../selftest/diagnosis-breaks-followed';
import { moreBreaks } from '../selftest/diagnosis-breaks-more';
import { causeFrom, withWhoseDecision } from './cause';
import { climb } from './diagnose';
import { refusals } from './refusals';

/** What no remedy may tell anybody to do: it would take a container, a network, a volume or an image of theirs. */
const removes =
  /\bprune\b|\b(?:docker|podman) (?:(?:container|network|volume|image|context|system) (?:rm|remove|prune)|rm|rmi)\b|\bkill -9|\brm -r/;

/** Commands that take away a rule, an entry, an address, a route, an attachment. */
const takes = /\b(?:del|delete|disconnect|flush)\b| -D | -P \S+ ACCEPT|policy accept/;

const remediesOfCauses = [
  ...[...breaks, ...followedBreaks, ...moreBreaks].map(({ code, when, scene }): [string, string] => {
    const found = climb(scene());
    return [`${code}: ${when}`, found ? causeFrom(found.code, found.finding, 0).remedy : ''];
  }),
  ...refusals.map(({ code, remedy }): [string, string] => [code, withWhoseDecision(remedy)]),
];

function sourcesIn(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(__dirname, '..', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => path.join(__dirname, '..', folder, name)),
  );
}

describe('what people are told to do', () => {
  it.each(remediesOfCauses)('must never remove what is theirs, and leave it to them to delete anything: %s', (_, remedy) => {
    expect(remedy).not.toBe('');
    expect(remedy).not.toMatch(removes);
    if (takes.test(remedy)) expect(remedy).toMatch(/it is your decision$/);
  });

  it('must be so in every text of the suite, reasons of blocked claims included', () => {
    const found = sourcesIn('diagnosis', 'world', 'claim', 'engine', 'containers', 'spec', 'run', 'lab', 'cli', 'make', 'jest').flatMap(
      (file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => removes.test(line) && !/^\s*(?:\/?\*|\/\/)/.test(line))
          .map((line) => `${path.basename(file)}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});
