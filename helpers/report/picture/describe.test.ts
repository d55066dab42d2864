import { describe, expect, it } from '@jest/globals';
import { observedTopologies } from '../../selftest/observed-topologies';
import { describeTopology } from './describe';

const { pair, halfPublished, hostMode, podmanHostMode, manyNetworks } = observedTopologies;

describe('the description of a topology', () => {
  it('must say everything that is drawn of two containers on a bridge', () => {
    expect(describeTopology(pair, 'en')).toBe(
      [
        'The host is the network namespace net:[4026532755].',
        'It has the links lo (127.0.0.1/8, ::1/128), docker0 (172.17.0.1/16), and 1 more.',
        'The link docker0 is the bridge of the network bridge (172.17.0.0/16).',
        'The container nginx01 has a network namespace of its own, net:[4026532903].',
        'Its link eth0 (172.17.0.3/16) is one end of a veth pair; the other end is veth222e1fe on the host, a port of the bridge docker0.',
        'Its default route leads to 172.17.0.1.',
        'It listens on these TCP ports: 80.',
        'The container nginx02 has a network namespace of its own, net:[4026532982].',
        'Its link eth0 (172.17.0.2/16) is one end of a veth pair; the other end is veth7e57472 on the host, a port of the bridge docker0.',
        'Its default route leads to 172.17.0.1.',
        'It listens on these TCP ports: 80.',
      ].join(' '),
    );
  });

  it('must say it in Korean', () => {
    expect(describeTopology(halfPublished, 'ko')).toBe(
      [
        '호스트의 네트워크 네임스페이스는 net:[4026532755]입니다.',
        '호스트의 링크: lo (127.0.0.1/8, ::1/128), docker0 (172.17.0.1/16), 그 밖에 2개.',
        '링크 docker0: 네트워크 bridge (172.17.0.0/16)의 브리지입니다.',
        '컨테이너 nginx: 자체 네트워크 네임스페이스 net:[4026533060] 안에 있습니다.',
        '링크 eth0 (172.17.0.4/16): veth 쌍의 한쪽 끝이며, 다른 쪽 끝은 브리지 docker0에 연결된 호스트의 vethe4a9a86입니다.',
        '기본 게이트웨이는 172.17.0.1입니다.',
        '수신 중인 TCP 포트: 80, 27735.',
        '포트 80: 호스트의 포트 32768(모든 주소)로 게시되어 있습니다.',
      ].join(' '),
    );
  });

  it.each([hostMode, podmanHostMode])('must say that a container is in host mode', (topology) => {
    expect(describeTopology(topology, 'en')).toMatch(
      /The container nginx is in host mode: it is in the host's network namespace, and its links are those of the host\. It listens on these TCP ports: 80\.$/,
    );
  });

  it('must say what is special about other networks', () => {
    const told = describeTopology(manyNetworks, 'en');
    expect(told).toContain(
      "Its link eth0 (198.51.100.2/24) is made from the host's link up1, and is in the network lan (198.51.100.0/24).",
    );
    expect(told).toContain('It has no link but lo (127.0.0.1/8, ::1/128). It is in the network none.');
    expect(told).toContain('It listens on these for itself alone: 41443 (127.0.0.11).');
    expect(told).toContain('Its port 80 is published on port 8443 of the host, at 127.0.0.1.');
    expect(told).toContain('The host is the network namespace net:[4026532179]. Its default route leads to 192.0.2.1.');
  });

  it('must say what could not be looked at', () => {
    const told = describeTopology(
      { ...pair, host: null, containers: pair.containers.map((container) => ({ ...container, namespace: null })) },
      'en',
    );
    expect(told).toMatch(
      /^The host could not be looked at\. The network namespace of the container nginx01 could not be looked at\. It is in the network bridge \(172\.17\.0\.3\)\./,
    );
  });

  it.each(['en', 'ko'] as const)('must end each sentence, in %s', (language) => {
    for (const topology of Object.values(observedTopologies)) {
      expect(describeTopology(topology, language)).toMatch(/\.$/);
      expect(describeTopology(topology, language)).not.toMatch(/undefined|null|\s\s/);
    }
  });
});
