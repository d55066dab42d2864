import { attachedTo, claims, control, expect, make, type OwnNetwork } from '../../helpers';

const connectReference = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };

const connect = { method: 'POST', path: /^\/networks\/[^/]+\/connect$/ } as const;

/** What an endpoint is asked for that is to have these link-local addresses. */
const linkLocal = (...LinkLocalIPs: string[]) => ({ IPAMConfig: { LinkLocalIPs } });

/** Two servers on a network of their own, connected to another one with a link-local address each. */
async function neighbours(net: OwnNetwork) {
  const home = await make.network();
  const [one, other] = await Promise.all([make.server(attachedTo(home)), make.server(attachedTo(home))]);
  await net.connect(one, linkLocal('169.254.7.7'));
  await net.connect(other, linkLocal('169.254.8.8'));
  return { one, other };
}

export default claims([
  {
    id: 'connecting.link-local.address-is-reached',
    level: 'must',
    title: 'A link-local address asked for on connecting must be reached by its peers, also after a restart',
    sources: [connectReference, networkTests],
    observedBy: 'curl in each of two running containers, connected with such an address each, fetches from the other there.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'connecting.link-local-addresses-are-lost',
        title: 'The engine is not told which addresses a container wants on connecting',
        api: [{ ...connect, does: 'asks', at: ['EndpointConfig', 'IPAMConfig'], value: {} }],
      },
    ],
    check: async () => {
      const { one, other } = await neighbours(await make.claimed.network());
      const bothWays = async () => {
        expect(await one.fetches('http://169.254.8.8')).toBeReached({ by: other });
        expect(await other.fetches('http://169.254.7.7')).toBeReached({ by: one });
      };
      await bothWays();
      await one.restart();
      await bothWays();
    },
  },
  {
    id: 'connecting.link-local.must-be-one',
    level: 'must',
    title: 'An address that is not link-local must be refused where a link-local one is asked for',
    sources: [networkTests],
    observedBy: 'The answer to a connect with it; with a link-local one it is granted.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'connecting.link-local-addresses-are-not-asked-for',
        title: 'The engine is not told which link-local addresses a container wants',
        api: [{ ...connect, does: 'asks', at: ['EndpointConfig', 'IPAMConfig', 'LinkLocalIPs'], value: [] }],
      },
    ],
    check: async () => {
      const [net, box] = [await make.network(), await make.container()];
      expect((await net.tryConnect(box, linkLocal('192.0.2.7'))).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect((await net.tryConnect(box, linkLocal('169.254.7.7'))).status).toBe(200));
    },
  },
]);
