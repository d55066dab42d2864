import { describe, expect, test } from '@jest/globals';
import { refused } from '../selftest/diagnosis-refusals';
import { refusals } from './refusals';

/** Code of the first refusal that a message matches. */
const codeOf = (message: string): string | undefined => refusals.find(({ says }) => says.test(message))?.code;

/** The codes that the engines' words for one thing are read as. */
const codes = (words: Record<string, string>) =>
  Object.fromEntries(Object.entries(words).map(([engine, message]) => [engine, codeOf(message)]));

const all = (words: Record<string, string>, code: string | undefined) =>
  Object.fromEntries(Object.keys(words).map((engine) => [engine, code]));

describe('what engines said in labs', () => {
  test.each([
    ['a port on which somebody listens', 'port.taken'],
    ['a subnet that another network has', 'network.subnet-overlaps'],
    ['one container more than a network has addresses', 'network.addresses-exhausted'],
    ['a network that is not there', 'engine.network-not-found'],
    ['a connection to a network that is not there', 'engine.network-not-found'],
    ['one network more than there are ranges', 'engine.address-pools-exhausted'],
    ['a published port, after somebody flushed the packet filter', 'host.chains-missing'],
    ['a network, after somebody flushed the packet filter', 'host.chains-missing'],
    ['the removal of a network that containers use', 'network.has-endpoints'],
    ['a driver that is not there', undefined],
  ] as const)('%s: %s', (asked, code) => {
    expect(codes(refused[asked])).toEqual(all(refused[asked], code));
  });

  test('a port that another container publishes, which Podman does not tell from any other listener', () => {
    expect(codes(refused['a port that another container publishes'])).toEqual({
      ...all(refused['a port that another container publishes'], 'port.allocated-to-a-container'),
      'podman-4.3.1': 'port.taken',
      'podman-5.8.6': 'port.taken',
    });
  });

  test('a link that the kernel does not know; Podman has no such driver, or wants more for it', () => {
    expect(codes(refused['a link that the kernel does not know'])).toEqual({
      ...all(refused['a link that the kernel does not know'], 'host.kernel-lacks-it'),
      'podman-4.3.1': undefined,
      'podman-5.8.6': undefined,
    });
  });
});

describe('what other releases say, by their source', () => {
  test.each([
    // moby: libnetwork/portallocator, daemon/libnetwork/drivers/bridge/port_mapping_linux.go
    [
      'Ports are not available: exposing port TCP 0.0.0.0:80 -> 0.0.0.0:0: listen tcp 0.0.0.0:80: bind: address already in use',
      'port.taken',
    ],
    ['driver failed programming external connectivity: failed to bind host port for 0.0.0.0:8080', 'port.taken'],
    // moby: libnetwork/ipam/allocator.go up to 1.13
    [
      'could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network',
      'engine.address-pools-exhausted',
    ],
    ['no available addresses on this pool', 'network.addresses-exhausted'],
    // podman: libnetwork/internal/util/create.go, common
    ['could not find free subnet from subnet pools', 'engine.address-pools-exhausted'],
    ['subnet 10.88.0.0/16 is already used on the host or by another config', 'network.subnet-overlaps'],
    // netavark
    [
      'netavark: unable to append rule to table nat: code: 4, msg: iptables v1.8.9 (nf_tables): Could not fetch rule set generation id',
      'host.packet-filter-unusable',
    ],
    ['netavark: nftables error: "nft" did not return successfully while applying ruleset', 'host.packet-filter-unusable'],
    ['netavark: create bridge: Netlink error: Operation not supported (os error 95)', 'host.kernel-lacks-it'],
    // moby: libnetwork/iptables/iptables.go
    [
      'failed to register "bridge" driver: failed to create NAT chain DOCKER: iptables failed: iptables -t nat -N DOCKER: iptables v1.8.7 (legacy): can\'t initialize iptables table `nat\': Table does not exist',
      'host.packet-filter-unusable',
    ],
    ['iptables not found', 'host.packet-filter-unusable'],
    // moby: libnetwork/drivers/ipvlan/ipvlan_setup.go
    ['failed to create the ipvlan port: operation not supported', 'host.kernel-lacks-it'],
    // the parent link has the other of the two drivers already
    ['failed to create the macvlan port: device or resource busy', undefined],
    ['Conflict. The container name "/nginx" is already in use by container "4f1c"', undefined],
    ['No such image: nginx:latest', undefined],
    ['', undefined],
  ])('%s', (message, code) => {
    expect(codeOf(message)).toBe(code);
  });
});

test('each names a cause and what to do, once', () => {
  expect(new Set(refusals.map(({ code }) => code)).size).toBe(refusals.length);
  for (const { code, summary, remedy } of refusals) expect(`${code}: ${summary}. ${remedy}`).toMatch(/^[a-z]+\.[a-z-]+: \S.+\. \S.+$/);
});
