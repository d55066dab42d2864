import { backendOf, type Availability, type Inapplicable } from '../claim/applicability';
import type { Evidence } from '../world/evidence';
import type { EngineFacts } from '../claim/engine-facts';
import type { DaemonOption, DaemonSettings } from './daemon-settings';
import type { HostInput } from './host-input';
import type { HostSettings } from './host-settings';
import type { NewNetworks } from '../claim/engine-facts';
import type { Absence } from './userland-proxy';

/** The range that an engine gives its default bridge when nobody chose another (`ipamutils`, first local pool). */
export const documentedSubnet = '172.17.0.0/16';

/** What a run found out as far as requirements of claims depend on it. */
export interface Findings {
  engine: EngineFacts;
  /** whether the engine under test is the suite's own, so that another one of its version can be started */
  ownLab: boolean;
  /** whether the suite's own image is on the engine */
  tools: boolean;
  cli: string[] | undefined;
  hostPort80: string | undefined;
  /** why the default bridge has another range than the documented one, if that is known */
  bridgeConfiguredBy: string | undefined;
  /** why there is no docker-proxy, if it is known */
  userlandProxyReplaced: Absence | undefined;
  /** what the daemon was told, as far as it can be seen */
  settings: DaemonSettings;
  /** what the host's kernel was told */
  hostSettings: HostSettings;
  /** whether the host takes in what containers send to its own addresses, where it was looked at */
  hostInput: HostInput | undefined;
  /** what a network gets that asks for nothing, where it was looked at */
  newNetworks: NewNetworks | undefined;
  /** whether the engine is broken on purpose: then nothing that it was told is the wish of an operator */
  broken: boolean;
}

/** For each requirement, why it is not met; undefined where it is. */
export function availability(findings: Findings): Availability {
  const { engine, ownLab, tools, cli, hostPort80, bridgeConfiguredBy, userlandProxyReplaced: replaced, hostSettings } = findings;
  return {
    ...ofTheOperator(findings),
    'docker-engine':
      engine.kind === 'docker'
        ? undefined
        : notApplicable('it is about dockerd itself, which is not what answers here', engine.evidence.version),
    'own-lab': ownLab
      ? undefined
      : blocked('it changes or restarts an engine, which this suite does only to one of its own: run it with --engine'),
    'tools-image': tools
      ? undefined
      : blocked("the suite's own image could not be brought to this engine; it is built from Debian's packages, by apt"),
    'docker-cli': cli
      ? undefined
      : blocked('no docker command-line client that talks to this engine was found; install one to check what it prints'),
    'host-port-80': hostPort80 === undefined ? undefined : blocked(`TCP port 80 of the engine's host is held by ${hostPort80}`),
    'userland-proxy': replaced && notApplicable(replaced.reason, replaced.evidence),
    'host-ipv6': hostSettings.ipv6
      ? undefined
      : blocked("the engine's host has no IPv6: ::1 is none of its addresses", hostSettings.evidence),
    'ipv6-forwarding': withoutIpv6Forwarding(findings),
    'host-input':
      findings.hostInput?.takesIn === false
        ? blocked(
            "the engine's host does not take in what containers send to its own addresses: a firewall of the host's own, such as ufw, may drop it",
            findings.hostInput.evidence,
          )
        : undefined,
    'no-nonlocal-bind': hostSettings.nonlocalBind
      ? notApplicable(
          "programs of the engine's host may listen at addresses that it does not have (net.ipv4.ip_nonlocal_bind=1)",
          hostSettings.evidence,
        )
      : undefined,
    'host-bridges':
      engine.kind === 'podman' && engine.rootless
        ? notApplicable(
            'the bridges of a rootless Podman are in a network namespace of their own, which its host has no way into',
            engine.evidence.info,
          )
        : undefined,
    'host-network': engine.hostNetwork
      ? undefined
      : notApplicable(
          'this engine has no network called host: host mode is something that a container has, and no network that could be inspected',
          engine.evidence.hostNetwork,
        ),
    'outside-swarm': engine.inSwarm
      ? notApplicable(
          'the engine is part of a swarm, which is asked as well about networks and names that the engine does not know',
          engine.evidence.info,
        )
      : undefined,
    'unconfigured-default-bridge':
      bridgeConfiguredBy === undefined
        ? undefined
        : notApplicable(`the default bridge has ${engine.defaultBridge?.subnet}: ${bridgeConfiguredBy}`, engine.evidence.defaultBridge),
    'ipv4-only-default-bridge': engine.defaultBridge?.ipv6
      ? notApplicable('the default bridge of this engine carries IPv6 as well', engine.evidence.defaultBridge)
      : undefined,
  };
}

/** With nftables Docker looks whether its host forwards, and refuses networks where it does not (docs.docker.com/engine/network/firewall-nftables). */
function withoutIpv6Forwarding({ engine, settings, hostSettings }: Findings): Inapplicable | undefined {
  const leftToTheHost = engine.kind === 'docker' && backendOf(engine) === 'nftables' && settings('ip-forward')?.value !== false;
  return leftToTheHost && !hostSettings.ipv6Forwarding
    ? blocked(
        "the engine's host does not forward IPv6, and with the firewall backend nftables the engine leaves that to it: sysctl -w net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.forwarding=1",
        hostSettings.evidence,
      )
    : undefined;
}

/** Requirements that an operator's settings can take away. What nobody says is as by default, and is judged. */
function ofTheOperator({ engine, settings, newNetworks, broken }: Findings): Pick<Availability, OperatorsRequirement> {
  const { defaultBridge, evidence } = engine;
  if (broken) return asByDefault;
  const turnedOff = (option: DaemonOption, meaning: string) => {
    const setting = settings(option);
    return setting?.value === false ? notApplicable(`its operator set ${setting.where}: ${meaning}`, setting.evidence) : undefined;
  };
  const withoutRules =
    turnedOff('iptables', 'the engine makes no rules in the firewall of its host') ??
    (saysThatItHasNoFirewall(engine)
      ? notApplicable(
          'the engine names no firewall backend: with iptables=false it makes no rules in the firewall of its host',
          evidence.info,
        )
      : undefined);
  const withoutProxy = turnedOff('userland-proxy', 'there is no docker-proxy');
  const noBridge = settings('bridge');
  const chosen = (option: DaemonOption, meaning: string) => {
    const setting = settings(option);
    return setting && notApplicable(`its operator set ${setting.where}: ${meaning}`, setting.evidence);
  };
  const mtu = newNetworks?.options[mtuOption];
  const configuredMtu =
    mtu === undefined || newNetworks === undefined
      ? undefined
      : notApplicable(`its operator gives new networks the option ${mtuOption}=${mtu} (default-network-opts)`, newNetworks.evidence);
  return {
    'default-bridge':
      defaultBridge || engine.kind !== 'docker'
        ? undefined
        : notApplicable(
            `the engine runs without a default bridge${noBridge ? `: its operator set ${noBridge.where}` : ', as it does with bridge=none'}`,
            evidence.defaultBridge,
          ),
    'default-bridge-icc':
      defaultBridge?.options[iccOption] === 'false'
        ? notApplicable(
            `containers on the default bridge may not talk to each other: its operator set icc to false (${iccOption}=false)`,
            evidence.defaultBridge,
          )
        : undefined,
    'published-ports':
      withoutRules &&
      withoutProxy &&
      notApplicable(`nothing leads published ports to containers: ${withoutRules.reason}, and ${withoutProxy.reason}`, [
        ...withoutRules.evidence,
        ...withoutProxy.evidence,
      ]),
    'firewall-rules': withoutRules,
    'ipv6-firewall-rules': withoutRules ?? turnedOff('ip6tables', 'the engine makes no rules for IPv6 in the firewall of its host'),
    'ip-forward': turnedOff('ip-forward', 'the engine leaves forwarding as its host has it'),
    'host-user-namespace': engine.usernsRemap
      ? notApplicable(
          'containers have user namespaces of their own (userns-remap), in which not every group of the host exists',
          evidence.info,
        )
      : undefined,
    'unconfigured-network-mtu': configuredMtu,
    'unconfigured-dns-options': chosen('dns-opts', 'every container is given it'),
    'unconfigured-default-gateway':
      chosen('default-gateway', 'another router leads out of the default bridge') ??
      (defaultBridge?.router === undefined
        ? undefined
        : notApplicable(
            `its operator set default-gateway to ${defaultBridge.router}: another router leads out of the default bridge`,
            evidence.defaultBridge,
          )),
    'unconfigured-host-gateway':
      chosen('host-gateway-ips', 'host-gateway is its address') ?? chosen('host-gateway-ip', 'host-gateway is its address'),
  };
}

type OperatorsRequirement =
  | 'published-ports'
  | 'default-bridge'
  | 'default-bridge-icc'
  | 'firewall-rules'
  | 'ipv6-firewall-rules'
  | 'ip-forward'
  | 'host-user-namespace'
  | 'unconfigured-network-mtu'
  | 'unconfigured-dns-options'
  | 'unconfigured-default-gateway'
  | 'unconfigured-host-gateway';

const asByDefault: Pick<Availability, OperatorsRequirement> = {
  'published-ports': undefined,
  'default-bridge': undefined,
  'default-bridge-icc': undefined,
  'firewall-rules': undefined,
  'ipv6-firewall-rules': undefined,
  'ip-forward': undefined,
  'host-user-namespace': undefined,
  'unconfigured-network-mtu': undefined,
  'unconfigured-dns-options': undefined,
  'unconfigured-default-gateway': undefined,
  'unconfigured-host-gateway': undefined,
};

const mtuOption = 'com.docker.network.driver.mtu';
const iccOption = 'com.docker.network.bridge.enable_icc';

/** From API 1.49 on, `GET /info` names the firewall backend of a daemon that uses one. */
function saysThatItHasNoFirewall({ kind, apiVersion, firewallBackend }: EngineFacts): boolean {
  const minor = Number(/^1\.(\d+)$/.exec(apiVersion)?.[1] ?? 0);
  return kind === 'docker' && minor >= 49 && firewallBackend === 'unknown';
}

function blocked(reason: string, evidence: Evidence[] = []): Inapplicable {
  return { verdict: 'blocked', reason, evidence };
}

/** What is not there has been seen not to be there. */
function notApplicable(reason: string, evidence: Evidence[]): Inapplicable {
  return { verdict: 'not-applicable', reason, evidence };
}
