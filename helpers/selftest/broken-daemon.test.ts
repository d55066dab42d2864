import { afterEach, describe, expect, it } from '@jest/globals';
import type { Lab } from '../lab';
import { brokenLab, usersContainer, labTimeLimit, onHost, runAgainst, runTimeLimit } from './broken-lab';

const labs: Lab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.stop()));
});

async function lab(...daemonArgs: string[]): Promise<Lab> {
  const started = await brokenLab(...daemonArgs);
  labs.push(started);
  return started;
}

const timeLimit = labTimeLimit + runTimeLimit;

describe('an engine whose operator turned docker-proxy off, on a host whose firewall refuses what peers send', () => {
  it(
    'must deviate where peers are refused, and is not asked for a docker-proxy',
    async () => {
      const broken = await lab('--userland-proxy=false');
      await onHost(broken, 'iptables -I DOCKER-USER -i docker0 -o docker0 -p tcp -j REJECT --reject-with tcp-reset');
      const ended = await runAgainst(broken);
      expect(ended.unjudged()).toEqual([]);
      expect(ended.with('deviates')).toEqual(['bridge.default.peers-reach-each-other', 'bridge.default.peers-show-the-welcome-page']);
      expect(ended.claim('bridge.default.peers-reach-each-other').reason).toMatch(/actual: +refused/);
      const { verdict, reason, evidence } = ended.claim('bridge.published.docker-proxy-listens');
      expect({ verdict, reason }).toEqual({ verdict: 'not-applicable', reason: expect.stringContaining('--userland-proxy=false') });
      expect(evidence.find(({ what }) => what === 'processes called dockerd')?.answer).toMatch(/^dockerd .*--userland-proxy=false/);
      expect(ended.claim('bridge.published.host-reaches-the-container').verdict).toBe('conforms');
      expect(ended.status).toBe(1);
    },
    timeLimit,
  );
});

describe("an engine with a range of its operator's, on a host whose port 80 is taken", () => {
  it(
    'must conform, and say what was judged otherwise or not at all',
    async () => {
      const configured = await lab('--bip', '10.99.0.1/24');
      await usersContainer(configured, '--name web', '--publish 80:80');
      const ended = await runAgainst(configured);
      expect(ended.with('deviates', 'error')).toEqual([]);
      expect(ended.results().notes).toEqual([
        expect.stringContaining('10.99.0.0/24 instead of 172.17.0.0/16'),
        expect.stringContaining('placeholders'),
      ]);
      expect(ended.printed).toContain('10.99.0.0/24 instead of 172.17.0.0/16');
      expect(ended.claim('bridge.default.subnet-is-172-17')).toMatchObject({
        verdict: 'not-applicable',
        reason: expect.stringContaining('--bip=10.99.0.1/24'),
      });
      expect(ended.claim('bridge.inspect.ipv4-is-in-the-bridges-subnet').verdict).toBe('conforms');
      expect(ended.with('blocked')).toEqual(['host.localhost-shows-the-welcome-page']);
      expect(ended.claim('host.localhost-shows-the-welcome-page').reason).toContain('the container web, which publishes it');
      expect(ended.status).toBe(0);

      const strict = await runAgainst(configured, '--strict', '--claim', 'host.localhost-shows-the-welcome-page');
      expect(strict.with('blocked')).toEqual(['host.localhost-shows-the-welcome-page']);
      expect(strict.status).toBe(1);
    },
    timeLimit,
  );
});
