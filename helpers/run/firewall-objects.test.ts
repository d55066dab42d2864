import { describe, expect, it } from '@jest/globals';
import { run } from '../base/process';
import { docker29WithNftables, podman4AfterItsContainers, podman5AfterItsContainers } from '../selftest/firewall-recordings';
import { firewallObjects, printFirewall } from './firewall-objects';

describe('the chains and rules of a host', () => {
  it('must be told of iptables once, though nft lists them again', () => {
    expect(firewallObjects(podman4AfterItsContainers)).toEqual([
      'ip filter NETAVARK_FORWARD',
      'ip filter FORWARD -m comment --comment "netavark firewall plugin rules" -j NETAVARK_FORWARD',
      'ip nat NETAVARK-DN-1D8721804F16F',
      'ip nat NETAVARK-HOSTPORT-DNAT',
      'ip nat NETAVARK-HOSTPORT-MASQ',
      'ip nat NETAVARK-HOSTPORT-SETMARK',
      'ip nat PREROUTING -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT',
      'ip nat OUTPUT -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT',
      'ip nat POSTROUTING -j NETAVARK-HOSTPORT-MASQ',
      'ip nat NETAVARK-HOSTPORT-MASQ -m comment --comment "netavark portfw masq mark" -m mark --mark 0x2000/0x2000 -j MASQUERADE',
      'ip nat NETAVARK-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000',
    ]);
  });

  it('must be told of nftables, without the hooks of its chains', () => {
    const objects = firewallObjects(podman5AfterItsContainers);
    expect(objects).toHaveLength(17);
    expect(objects).toEqual(
      expect.arrayContaining([
        'inet netavark FORWARD',
        'inet netavark FORWARD ct state invalid drop',
        'inet netavark NETAVARK-ISOLATION-1',
      ]),
    );
    expect(objects?.join()).not.toContain('hook');
  });

  it('must be told of the tables of Docker, whatever their rules have counted, and without their maps', () => {
    const objects = firewallObjects(docker29WithNftables);
    expect(objects).toHaveLength(34);
    expect(objects).toEqual(
      expect.arrayContaining([
        'ip docker-bridges nat-prerouting-and-output iifname != "docker0" tcp dport 8080 counter dnat to 172.17.0.2:80 comment "DNAT"',
        'ip docker-bridges filter-forward-in__inner iifname != "inner" counter drop comment "INTERNAL NETWORK INGRESS"',
      ]),
    );
    expect(firewallObjects(docker29WithNftables.replaceAll('packets 0 bytes 0', 'packets 7 bytes 420'))).toEqual(objects);
  });

  it('must be told of nftables where iptables is not installed, sets and table flags left out', () => {
    const table =
      'table ip filter {\n\tflags owner\n\tset banned {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t}\n\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tip saddr @banned drop\n\t}\n}\n';
    expect(firewallObjects(`2\n== nft\n${table}`)).toEqual(['ip filter input', 'ip filter input ip saddr @banned drop']);
  });

  it('must be none where a program says so, and unknown where none can tell', () => {
    expect(firewallObjects('2\n== ip\n\n== nft\n\n')).toEqual([]);
    expect(firewallObjects('2\n')).toBeUndefined();
  });

  it('must be asked for by a command that succeeds wherever it runs', async () => {
    const empty = await run(['env', 'PATH=/nowhere', '/bin/sh', '-c', printFirewall]);
    expect(empty).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
