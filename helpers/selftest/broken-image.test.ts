import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Lab } from '../lab';
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
    ['is no nginx', ':', '["sleep", "600"]', "it does not serve nginx's welcome page on port 80"],
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
