import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Lab } from '../lab';
import { commandLine } from './command-line';
import { configuredEngine } from './configurations/configured-engine';
import { brokenLab, labTimeLimit, onHost, runAgainst, runTimeLimit } from './broken-lab';

/** One for each test, since a run takes away the image that the suite had brought there. */
let lab: Lab;
beforeEach(async () => {
  lab = await brokenLab();
}, labTimeLimit);
afterEach(() => lab.stop());

/** Makes `nginx:latest` of an engine an image that a script has changed, and that runs a command of its own. */
const tagged = (script: string, command: string) =>
  onHost(
    lab,
    `id=$(docker create ${lab.image.reference} sh -c '${script}'); docker start --attach $id; docker commit --change 'CMD ${command}' $id nginx:latest; docker rm $id`,
  );

const claims = [
  'host.shares-the-hosts-network-namespace',
  'bridge.default.peers-reach-each-other',
  'bridge.default.peers-show-the-welcome-page',
  'bridge.published.host-reaches-the-container',
];

describe("an image of the user's that is called nginx:latest", () => {
  const cases = [
    ['is no nginx', ':', '["sleep", "600"]', 'nothing in it listens on port 80'],
    ['ends at once', ':', '["true"]', 'its container ends by itself'],
    [
      'serves no further sites',
      'sed -i "s#include /etc/nginx/conf.d/.*;#server { listen 80; root /usr/share/nginx/html; }#" /etc/nginx/nginx.conf; rm -r /etc/nginx/conf.d',
      '["nginx", "-g", "daemon off;"]',
      'nothing can be added to what it serves',
    ],
  ] as const;
  it.each(cases)(
    'must not be what claims run on where it %s, and the report says so',
    async (_, script, command, flaw) => {
      await tagged(script, command);
      const ended = await runAgainst(lab, '--claim', ...claims);
      expect(ended.unjudged()).toEqual([]);
      expect(ended.with('conforms')).toEqual([...claims].sort());
      expect(ended.results().engine.image).toContain(`in place of the engine's nginx:latest: ${flaw}`);
      expect(ended.status).toBe(0);
      // it is the user's, and stays
      expect(await onHost(lab, 'docker image inspect --format "{{.Config.Cmd}}" nginx:latest')).not.toBe('');
    },
    runTimeLimit,
  );
});

describe('an image that --image names', () => {
  it(
    'must be what claims run on, also where their further tools are in it',
    async () => {
      await onHost(lab, `docker tag ${lab.image.reference} registry.example.org/own/nginx:1`);
      const ended = await runAgainst(
        lab,
        '--image',
        'registry.example.org/own/nginx:1',
        '--claim',
        ...claims,
        'icc.on.peers-reach-each-other',
      );
      expect(ended.unjudged()).toEqual([]);
      expect(ended.results().engine.image).toContain('registry.example.org/own/nginx:1, as --image names it');
      expect(ended.status).toBe(0);
      expect(await onHost(lab, 'docker image ls --quiet registry.example.org/own/nginx:1')).not.toBe('');
    },
    runTimeLimit,
  );

  const cases = [
    ['is not there', ':', ':', 'elsewhere:1', /^The engine has no image elsewhere:1, and got none by that name from a registry\.$/m],
    [
      'lacks a program and listens nowhere',
      'rm /usr/bin/curl',
      '["sleep", "600"]',
      'nginx:latest',
      /^nginx:latest is not what claims can run on: it has no curl, and nothing in it listens on port 80\.$/m,
    ],
    [
      'has no shell',
      'rm -r /bin/sh /usr/bin/sh',
      '["nginx", "-g", "daemon off;"]',
      'nginx:latest',
      /^nginx:latest is not what claims can run on: it (has no shell|cannot be run: .*|s container ends by itself.*)\.$/m,
    ],
  ] as const;
  it.each(cases)(
    'must end the run with one message where it %s',
    async (_, script, command, named, message) => {
      if (named === 'nginx:latest') await tagged(script, command);
      const ended = await runAgainst(lab, '--image', named, '--claim', ...claims);
      expect(ended.status).toBe(2);
      expect(ended.complained).toMatch(message);
      expect(ended.complained).not.toMatch(/^ +at /m);
    },
    runTimeLimit,
  );

  it('must be refused where the engine is one of a lab', async () => {
    const ended = await commandLine(['run', '--engine', 'docker-28', '--image', 'nginx:latest', '--claim', ...claims]);
    expect(ended.status).toBe(2);
    expect(ended.complained).toMatch(/^--image names an image of an engine that runs already, and this would be one in a lab/m);
  });
});

describe('an engine that lets no container serve', () => {
  it(
    'must block what needs a server, at once and in the words of what is in the way',
    async () => {
      const strict = await configuredEngine({
        id: 'strict',
        title: 'no program of a container may listen',
        files: {
          '/etc/docker/strict.json': JSON.stringify({
            defaultAction: 'SCMP_ACT_ALLOW',
            syscalls: [{ names: ['listen'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
          }),
        },
        daemonJson: { 'seccomp-profile': '/etc/docker/strict.json' },
      });
      try {
        const began = performance.now();
        const ended = await runAgainst(strict, '--claim', ...claims);
        expect(performance.now() - began).toBeLessThan(60_000);
        expect(ended.with('blocked')).toEqual([...claims].sort());
        for (const { reason } of ended.results().claims)
          expect(reason).toMatch(
            /no server can be run in a container of this engine \(.*Operation not permitted.*\); the engine restricts containers by .*seccomp \(profile \/etc\/docker\/strict\.json\)/s,
          );
      } finally {
        await strict.stop();
      }
    },
    runTimeLimit,
  );
});
