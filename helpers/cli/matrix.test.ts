import { describe, expect, it } from '@jest/globals';
import { commandLine } from '../selftest/command-line';

describe('matrix and shards on the command line', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown engine', ['matrix', '--engine', 'docker-28', 'rocket-1'], /No engine is called "rocket-1"/],
    ['an ambiguous engine', ['matrix', '--engine', 'podman'], /"podman" can mean podman-/],
    ['an unknown claim', ['matrix', '--claim', 'no.such-claim'], /There is no claim "no\.such-claim"/],
    ['a file of waivers that is none', ['matrix', '--waivers', '/nowhere'], /\/nowhere cannot be read/],
    ['no job at all', ['matrix', '--jobs', '0'], /It must be a whole number greater than 0/],
    ['a time limit that is none', ['matrix', '--time-limit', 'long'], /It must be a whole number greater than 0/],
    ['what is for Jest', ['matrix', '--', '-t', 'x'], /A matrix passes nothing on to Jest/],
    ['a shard that is none', ['run', '--shard', '3/2'], /"3\/2" is not a part of the claims/],
    ['a shard without a whole', ['run', '--shard', '1'], /"1" is not a part of the claims/],
    [
      'more shards than claims',
      ['run', '--claim', 'models.builtin-networks-are-exactly-three', '--shard', '1/2'],
      /1 claim cannot be divided into 2 shards/,
    ],
  ])('must refuse %s with status 2 and one message, and start nothing', async (_, args, message) => {
    const { status, printed, complained } = await commandLine(args);
    expect(complained).toMatch(message);
    expect({ status, printed }).toEqual({ status: 2, printed: '' });
    expect(complained).not.toMatch(/^ +at /m);
  });

  it('must say before it starts anything that it cannot write its reports', async () => {
    const { status, printed, complained } = await commandLine(['matrix', '--engine', 'docker-28', '--output', '/proc/nowhere']);
    expect(complained).toMatch(
      /^The folder \/proc\/nowhere cannot take reports: .*\nName a folder that you may write to, with --output\.$/m,
    );
    expect({ status, printed }).toEqual({ status: 3, printed: '' });
  });

  it('must say what the exit statuses of a matrix mean, and nothing of what is between it and its runs', async () => {
    const [help, run] = await Promise.all([commandLine(['matrix', '--help']), commandLine(['run', '--help'])]);
    expect(help.printed).toContain('that of the worst engine');
    expect(run.printed).not.toContain('matrix');
  });
});
