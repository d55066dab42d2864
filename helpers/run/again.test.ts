import { describe, expect, it } from '@jest/globals';
import { rerun } from '../report/text/summary';
import { contextWith, engineWith } from '../selftest/samples';
import { programOf, startedBy } from './again';

const claim = { id: 'bridge.default.peers-reach-each-other', area: 'document', section: 'bridge-lab' };
const npm = (event: string, script: string, command = 'run-script') => ({
  npm_lifecycle_event: event,
  npm_lifecycle_script: script,
  npm_command: command,
});
const lab = contextWith({ directory: '', engine: engineWith({ id: 'docker-28.5.2' }), host: { kind: 'lab', enter: [] } });
const users = contextWith({ directory: '', engine: engineWith({ id: 'docker-28.5.2' }), host: { kind: 'here', samePids: false } });
const told = (
  program: ReturnType<typeof programOf>,
  { context = lab, options = [], env = {} }: { context?: typeof lab; options?: string[]; env?: NodeJS.ProcessEnv } = {},
) => rerun({ again: startedBy(options, program, env)({ context }) }, claim);

describe('the command that judges a claim again', () => {
  it.each<[string, NodeJS.ProcessEnv, string, string]>([
    [
      'npm test',
      npm('test', 'node helpers/bin.cjs run', 'test'),
      '/x/helpers/bin.cjs',
      'npm test -- --engine docker-28.5.2 --claim bridge.default.peers-reach-each-other',
    ],
    [
      'a script of npm',
      npm('net', 'docker-network-conformance run --strict'),
      '/x/helpers/bin.cjs',
      'npm run net -- --engine docker-28.5.2 --claim bridge.default.peers-reach-each-other',
    ],
    [
      'npx',
      npm('npx', 'docker-network-conformance', 'exec'),
      '/x/node_modules/.bin/docker-network-conformance',
      'npx docker-network-conformance run --engine docker-28.5.2 --claim bridge.default.peers-reach-each-other',
    ],
    [
      'node, in a script of npm that is about something else',
      npm('selftest', 'jest --config x'),
      `${process.cwd()}/helpers/bin.cjs`,
      'node helpers/bin.cjs run --engine docker-28.5.2 --claim bridge.default.peers-reach-each-other',
    ],
    [
      'the program by its name',
      {},
      '/usr/local/bin/docker-network-conformance',
      'docker-network-conformance run --engine docker-28.5.2 --claim bridge.default.peers-reach-each-other',
    ],
    [
      'a script for several engines',
      npm('all', 'docker-network-conformance matrix'),
      '/x/.bin/docker-network-conformance',
      'docker-network-conformance run --engine docker-28.5.2 --claim bridge.default.peers-reach-each-other',
    ],
  ])('must be what the user typed: %s', (_, env, file, command) => {
    expect(told(programOf(env, ['node', file]))).toBe(command);
  });

  it('must be for Jest where Jest was started', () => {
    expect(told({ program: 'jest' })).toBe('npx jest specs/document/bridge-lab.spec.ts -t bridge.default.peers-reach-each-other:');
  });

  it('must lead to the same engine of a user, but tell no password', () => {
    const of = (env: NodeJS.ProcessEnv) => told({ program: 'npm', script: 'test' }, { context: users, env });
    const rest = 'npm test -- --claim bridge.default.peers-reach-each-other';
    expect(of({ DOCKER_HOST: 'ssh://me@host', DOCKER_CONTEXT: 'other' })).toBe(`DOCKER_HOST=ssh://me@host ${rest}`);
    expect(of({ DOCKER_CONTEXT: "it's" })).toBe(`DOCKER_CONTEXT='it'\\''s' ${rest}`);
    expect(of({ DOCKER_HOST: 'tcp://me:secret@host:1' })).toBe(rest);
    expect(of({})).toBe(rest);
  });

  it('must have what verdicts depend on, and be one line whatever is in it', () => {
    expect(told({ program: 'bin' }, { options: ['--waivers', 'my waivers.json', '--reach', '$(id)\nhost:1'] })).toBe(
      "docker-network-conformance run --engine docker-28.5.2 --waivers 'my waivers.json' --reach '$(id) host:1' --claim bridge.default.peers-reach-each-other",
    );
  });

  it('must be that of the checkout in results of which it is not known', () => {
    expect(rerun({}, claim)).toBe('npm test -- --claim bridge.default.peers-reach-each-other');
  });
});
