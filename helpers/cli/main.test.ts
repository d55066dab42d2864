import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { timeFactorVariable } from '../base/pace';
import { suite } from '../base/project';
import { commandLine } from '../selftest/command-line';
import { cleanUp, engineOnSocket, listening, temporaryDirectory } from '../selftest/fake-engine';

afterAll(cleanUp);

const first = catalogue[0]?.id ?? '';

describe('the command line', () => {
  it('must end quietly where whoever reads its output has had enough', async () => {
    const { status, complained } = await commandLine(['list'], { through: ['bash', '-o', 'pipefail', '-c', '"$@" | head -n 1', 'bash'] });
    expect({ status, complained }).toEqual({ status: 0, complained: '' });
  });

  it('must say all that it has to say to who reads it slowly', async () => {
    const slowly = ['bash', '-o', 'pipefail', '-c', '"$@" | (sleep 1; cat)', 'bash'];
    const { status, printed } = await commandLine(['list', '--json'], { through: slowly });
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ claims: expect.any(Array) as unknown });
  });

  it.each<[string, string[], RegExp]>([
    ['a typo in an option', ['run', '--stict'], /unknown option '--stict'\n\(Did you mean --strict\?\)/],
    ['a typo in a command', ['explian', first], /explain/],
    ['an option without its value', ['run', '--engine'], /argument missing/],
    [
      'an unknown claim',
      ['run', '--claim', 'host.stop-print-the-name'],
      /There is no claim "host\.stop-print-the-name"\.\nDid you mean host\.stop-prints-the-name\?/,
    ],
    ['an unknown claim among known ones', ['run', '--claim', first, 'no.such-claim'], /There is no claim "no\.such-claim"/],
    ['an unknown area', ['list', '--area', 'documnt'], /There is no area "documnt"\.\nDid you mean document\?/],
    ['an unknown level', ['run', '--level', 'may'], /There is no level "may"/],
    ['what nothing is in', ['run', '--claim', first, '--level', 'observed'], /No claim is in all of the areas/],
    ['an unknown claim to explain', ['explain', 'no.such-claim'], /There is no claim "no\.such-claim"/],
    ['a share that is none', ['run', '--min-judged', '50'], /It must be a share from 0 to 1, or from 0% to 100%/],
    ['a claim to explain that is not named', ['explain'], /missing required argument 'claim'/],
  ])('must refuse %s with status 2 and one message, and start nothing', async (_, args, message) => {
    const { status, printed, complained } = await commandLine(args);
    expect(complained).toMatch(message);
    expect({ status, printed }).toEqual({ status: 2, printed: '' });
    expect(complained).not.toMatch(/^ +at /m);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['an address that is none', () => Promise.resolve('nonsense'), /nonsense/],
    [
      'a socket that is not there',
      () => Promise.resolve(`unix://${path.join(temporaryDirectory(), 'none.sock')}`),
      /There is no engine at .*none\.sock/,
    ],
    [
      'something that is no engine',
      async () => `unix://${await engineOnSocket((_, response) => response.writeHead(404).end('nothing here'))}`,
      /is not a Docker API/,
    ],
    ['a socket that accepts and never answers', silentSocket, /did not answer within/],
  ])('must say with status 3 within seconds that there is no engine at %s', async (_, address, message) => {
    const { status, complained, durationMs } = await commandLine(['run'], {
      env: { DOCKER_HOST: await address(), [timeFactorVariable]: '1' },
    });
    expect(complained).toMatch(message);
    expect(complained).not.toMatch(/^ +at /m);
    expect(status).toBe(3);
    expect(durationMs).toBeLessThan(25_000);
  });

  it('must refuse an engine that it does not know, with status 2 or 3 and those that it knows', async () => {
    const { status, complained } = await commandLine(['run', '--engine', 'rocket-1']);
    expect(complained).toContain('rocket-1');
    expect(complained).toContain('docker-28');
    expect([2, 3]).toContain(status);
  });

  it('must list claims with the counts of their areas, and ask no engine that is not named', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const [text, json, one] = await Promise.all([
      commandLine(['list', '--area', 'document', 'models'], { env }),
      commandLine(['list', '--not', 'document', '--json'], { env }),
      commandLine(['list', '--claim', first], { env }),
    ]);
    const inArea = (name: string) => catalogue.filter(({ area }) => area === name).length;
    expect(text).toMatchObject({ status: 0, complained: '' });
    for (const name of ['document', 'models']) expect(text.printed).toContain(`\n${name}: ${inArea(name)} claims\n`);
    const rest = catalogue.filter(({ area }) => area !== 'document');
    expect((JSON.parse(json.printed) as { claims: unknown[] }).claims).toEqual(
      rest.map(({ id, area, section, level, title }) => ({ id, area, section, level, title })),
    );
    expect(one.printed.split('\n')[0]).toBe('1 claim');
  });

  it('must refuse to explain what means several claims', async () => {
    const { status, complained } = await commandLine(['explain', 'bridge.default']);
    expect(complained).toContain('"bridge.default" means several claims.');
    expect(status).toBe(2);
  });

  it('must print its help and its version with status 0', async () => {
    const [help, version] = await Promise.all([commandLine(['--help']), commandLine(['--version'])]);
    expect(help.status).toBe(0);
    for (const command of ['run', 'list', 'engines', 'explain', 'clean']) expect(help.printed).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(help.printed).toContain(
      'Exit status: 0 conforms, 1 a claim deviates, 2 wrong usage or nothing selected, 3 no engine or the suite itself failed, 4 too few claims could be judged',
    );
    expect(version).toMatchObject({ status: 0, printed: `${suite.version}\n` });
  });

  it('must explain every claim: what it says, where it comes from, and that it was not run yet', async () => {
    const withBoundary = catalogue.find(({ until }) => until !== undefined);
    const { status, printed } = await commandLine(['explain', withBoundary?.id ?? '']);
    expect(status).toBe(0);
    for (const text of [
      withBoundary?.title,
      withBoundary?.observedBy,
      withBoundary?.until?.source,
      'last run  none: there is no reports/results.json',
    ])
      expect(printed).toContain(text);
  });

  it('must refuse to explain from a file that is no results file', async () => {
    const { status, complained } = await commandLine(['explain', first, '--json', path.resolve(__dirname, '..', '..', 'package.json')]);
    expect(complained).toContain('is not a results file of this suite');
    expect(status).toBe(2);
  });
});

async function silentSocket(): Promise<string> {
  const socket = path.join(temporaryDirectory(), 'silent.sock');
  await listening(
    createServer((client) => client.on('error', () => undefined).resume()),
    socket,
  );
  return `unix://${socket}`;
}
