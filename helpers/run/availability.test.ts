import { describe, expect, it } from '@jest/globals';
import { engineWith, everythingThere } from '../selftest/samples';
import { availability, type Findings } from './availability';

const everything: Findings = {
  engine: engineWith(),
  ownLab: true,
  tools: true,
  cli: ['docker'],
  hostPort80: undefined,
  bridgeConfiguredBy: undefined,
  userlandProxyReplaced: undefined,
  settings: () => undefined,
  newNetworks: undefined,
  hostSettings: { ipv6: true, ipv6Forwarding: true, nonlocalBind: false, evidence: [] },
  hostInput: undefined,
  broken: false,
};

describe('what claims require', () => {
  it('must all be there on a fresh engine with a client and a free port 80', () => {
    expect(availability(everything)).toEqual(everythingThere);
  });

  it('must be blocked without a client, with what to do about it', () => {
    expect(availability({ ...everything, cli: undefined })).toEqual({
      ...everythingThere,
      'docker-cli': { verdict: 'blocked', reason: expect.stringContaining('install one'), evidence: [] },
    });
  });

  it('must be blocked where port 80 is held, and name the holder', () => {
    expect(availability({ ...everything, hostPort80: 'the container web, which publishes it' })).toEqual({
      ...everythingThere,
      'host-port-80': {
        verdict: 'blocked',
        reason: "TCP port 80 of the engine's host is held by the container web, which publishes it",
        evidence: [],
      },
    });
  });

  it('must not be applicable where something else stands for docker-proxy, with the reason and what shows it', () => {
    const userlandProxyReplaced = { reason: 'its operator turned it off', evidence: engineWith().evidence.info };
    expect(availability({ ...everything, userlandProxyReplaced })['userland-proxy']).toEqual({
      verdict: 'not-applicable',
      ...userlandProxyReplaced,
    });
  });

  it('must not be applicable where a rootless Podman keeps its bridges apart, as no rootless Docker does', () => {
    const engine = engineWith({ kind: 'podman', rootless: true });
    expect(availability({ ...everything, engine })['host-bridges']).toMatchObject({
      verdict: 'not-applicable',
      evidence: engine.evidence.info,
    });
    expect(availability({ ...everything, engine: engineWith({ rootless: true }) })['host-bridges']).toBeUndefined();
  });

  it('must not be applicable to another engine where dockerd itself is meant', () => {
    const engine = engineWith({ kind: 'podman' });
    expect(availability({ ...everything, engine })['docker-engine']).toEqual({
      verdict: 'not-applicable',
      reason: expect.stringContaining('dockerd'),
      evidence: engine.evidence.version,
    });
  });

  it('must not be applicable where host mode is no network', () => {
    const engine = engineWith({ hostNetwork: false });
    expect(availability({ ...everything, engine })['host-network']).toEqual({
      verdict: 'not-applicable',
      reason: expect.stringContaining('no network called host'),
      evidence: engine.evidence.hostNetwork,
    });
  });

  it('must not be applicable where the operator chose the range of the bridge, with that range', () => {
    const engine = engineWith({ defaultBridge: { id: 'b', subnet: '10.99.0.0/24', gateway: '10.99.0.1', ipv6: false, options: {} } });
    expect(
      availability({ ...everything, engine, bridgeConfiguredBy: 'its operator started it with --bip 10.99.0.1/24' })[
        'unconfigured-default-bridge'
      ],
    ).toEqual({
      verdict: 'not-applicable',
      reason: 'the default bridge has 10.99.0.0/24: its operator started it with --bip 10.99.0.1/24',
      evidence: engine.evidence.defaultBridge,
    });
    expect(availability({ ...everything, engine })['unconfigured-default-bridge']).toBeUndefined();
  });

  it('must not be applicable where the bridge carries IPv6 as well', () => {
    const engine = engineWith({ defaultBridge: { id: 'b', subnet: '172.17.0.0/16', gateway: undefined, ipv6: true, options: {} } });
    expect(availability({ ...everything, engine })['ipv4-only-default-bridge']).toMatchObject({
      verdict: 'not-applicable',
      reason: expect.stringContaining('IPv6'),
    });
    expect(availability({ ...everything, engine: engineWith({ defaultBridge: undefined }) })['ipv4-only-default-bridge']).toBeUndefined();
  });

  it('must not be applicable in a swarm, where the swarm is asked as well', () => {
    const engine = engineWith({ inSwarm: true });
    expect(availability({ ...everything, engine })).toEqual({
      ...everythingThere,
      'outside-swarm': { verdict: 'not-applicable', reason: expect.stringContaining('swarm'), evidence: engine.evidence.info },
    });
  });

  const told =
    (option: string, value: unknown): Findings['settings'] =>
    (asked) =>
      asked === option ? { value, where: `${option} in daemon.json`, evidence: [] } : undefined;

  it.each([
    ['iptables', ['firewall-rules', 'ipv6-firewall-rules']],
    ['ip6tables', ['ipv6-firewall-rules']],
    ['ip-forward', ['ip-forward']],
  ] as const)('must not be applicable where the operator turned %s off, and name it', (option, requirements) => {
    const met = availability({ ...everything, settings: told(option, false) });
    for (const requirement of requirements)
      expect(met[requirement]).toMatchObject({ verdict: 'not-applicable', reason: expect.stringContaining(`${option} in daemon.json`) });
    expect(Object.values(met).filter((it) => it !== undefined)).toHaveLength(requirements.length);
    expect(availability({ ...everything, settings: told(option, true) })).toEqual(everythingThere);
  });

  it('must not be applicable where the engine says that it has no firewall backend, as it does since API 1.49', () => {
    const engine = engineWith({ firewallBackend: 'unknown' });
    expect(availability({ ...everything, engine })['firewall-rules']).toMatchObject({
      verdict: 'not-applicable',
      reason: expect.stringContaining('iptables=false'),
      evidence: engine.evidence.info,
    });
    for (const other of [{ apiVersion: '1.45' }, { kind: 'podman' as const }])
      expect(
        availability({ ...everything, engine: engineWith({ firewallBackend: 'unknown', ...other }) })['firewall-rules'],
      ).toBeUndefined();
  });

  it.each([
    ['dns-opts', 'unconfigured-dns-options'],
    ['default-gateway', 'unconfigured-default-gateway'],
    ['host-gateway-ips', 'unconfigured-host-gateway'],
  ] as const)('must not be applicable where the operator chose %s, and name it', (option, requirement) => {
    expect(availability({ ...everything, settings: told(option, 'something') })).toEqual({
      ...everythingThere,
      [requirement]: { verdict: 'not-applicable', reason: expect.stringContaining(`${option} in daemon.json`), evidence: [] },
    });
  });

  it('must not be applicable where the default bridge itself tells of another router', () => {
    const engine = engineWith({
      defaultBridge: { id: 'b', subnet: '172.17.0.0/16', gateway: '172.17.0.1', router: '172.17.0.254', ipv6: false, options: {} },
    });
    expect(availability({ ...everything, engine })['unconfigured-default-gateway']).toEqual({
      verdict: 'not-applicable',
      reason: expect.stringContaining('default-gateway to 172.17.0.254'),
      evidence: engine.evidence.defaultBridge,
    });
  });

  it('must not be applicable to published ports where there are neither rules nor docker-proxy, and say both', () => {
    const off =
      (options: readonly string[]): Findings['settings'] =>
      (option) =>
        options.includes(option) ? { value: false, where: `${option} in daemon.json`, evidence: [] } : undefined;
    expect(availability({ ...everything, settings: off(['iptables', 'userland-proxy']) })['published-ports']).toMatchObject({
      verdict: 'not-applicable',
      reason: expect.stringMatching(/iptables in daemon.json.*userland-proxy in daemon.json/),
    });
    for (const option of ['iptables', 'userland-proxy'])
      expect(availability({ ...everything, settings: off([option]) })['published-ports']).toBeUndefined();
  });

  it('must name what a firewall of the host may keep from it, where that was seen', () => {
    const hostInput = (takesIn: boolean) => ({ takesIn, evidence: engineWith().evidence.info });
    expect(availability({ ...everything, hostInput: hostInput(false) })['host-input']).toEqual({
      verdict: 'blocked',
      reason: expect.stringContaining('firewall'),
      evidence: engineWith().evidence.info,
    });
    expect(availability({ ...everything, hostInput: hostInput(true) })['host-input']).toBeUndefined();
  });

  it('must be blocked without IPv6 on the host, and not applicable where its programs listen at any address', () => {
    const met = availability({ ...everything, hostSettings: { ...everything.hostSettings, ipv6: false, nonlocalBind: true } });
    expect(met['host-ipv6']).toMatchObject({ verdict: 'blocked', reason: expect.stringContaining('no IPv6') });
    expect(met['no-nonlocal-bind']).toMatchObject({ verdict: 'not-applicable', reason: expect.stringContaining('ip_nonlocal_bind') });
  });

  it('must be blocked without IPv6 forwarding where the engine leaves that to its host, with the sysctl', () => {
    const closed = { ...everything, hostSettings: { ...everything.hostSettings, ipv6Forwarding: false } };
    const nftables = { ...closed, engine: engineWith({ firewallBackend: 'nftables' }) };
    expect(availability(nftables)['ipv6-forwarding']).toEqual({
      verdict: 'blocked',
      reason: expect.stringContaining('sysctl -w net.ipv6.conf.all.forwarding=1'),
      evidence: everything.hostSettings.evidence,
    });
    // the engine turns it on, or was told not to ask for it
    expect(availability(closed)['ipv6-forwarding']).toBeUndefined();
    expect(availability({ ...nftables, settings: told('ip-forward', false) })['ipv6-forwarding']).toBeUndefined();
  });

  it('must be judged whatever a daemon was told that is broken on purpose', () => {
    const engine = engineWith({ defaultBridge: undefined, usernsRemap: true });
    expect(availability({ ...everything, engine, settings: told('iptables', false), broken: true })).toEqual(everythingThere);
  });

  it('must be judged where forwarding is off and nobody says that the operator wants it so', () => {
    expect(availability({ ...everything, engine: engineWith({ ipv4Forwarding: false }) })).toEqual(everythingThere);
  });

  it('must not be applicable without a default bridge, or where its containers may not talk to each other', () => {
    const none = { ...everything, engine: engineWith({ defaultBridge: undefined }) };
    expect(availability(none)['default-bridge']?.reason).toContain('bridge=none');
    expect(availability({ ...none, settings: told('bridge', 'none') })['default-bridge']?.reason).toContain('bridge in daemon.json');
    const closed = engineWith({
      defaultBridge: {
        id: 'b',
        subnet: '172.17.0.0/16',
        gateway: undefined,
        ipv6: false,
        options: { 'com.docker.network.bridge.enable_icc': 'false' },
      },
    });
    expect(availability({ ...everything, engine: closed })['default-bridge-icc']).toMatchObject({
      verdict: 'not-applicable',
      reason: expect.stringContaining('icc'),
    });
  });

  it('must not be applicable where new networks have an MTU of the operator, or containers user namespaces of their own', () => {
    const newNetworks = { options: { 'com.docker.network.driver.mtu': '1400' }, ipv4: true, ipv6: false, evidence: [] };
    expect(availability({ ...everything, newNetworks })['unconfigured-network-mtu']).toMatchObject({
      verdict: 'not-applicable',
      reason: expect.stringContaining('com.docker.network.driver.mtu=1400'),
    });
    expect(availability({ ...everything, engine: engineWith({ usernsRemap: true }) })['host-user-namespace']).toMatchObject({
      verdict: 'not-applicable',
      reason: expect.stringContaining('userns-remap'),
    });
  });
});
