import type Dockerode from 'dockerode';
import ipaddr from 'ipaddr.js';
import type { z } from 'zod';
import type { DefaultBridge, EngineFacts } from '../claim/engine-facts';
import type { Evidence } from '../world/evidence';
import { inWords, shaped } from './answer-shape';
import { networkShape, type infoShape, type versionShape } from './shapes';
import { WrongAnswer } from '../world/wrong-answer';
import { versionOf } from './version';

type Version = z.infer<typeof versionShape>;
type Info = z.infer<typeof infoShape>;
type Network = z.infer<typeof networkShape>;

/** Asks the engine for its facts. Errors of the API are passed on. @throws WrongAnswer where it says what no engine says */
export async function gatherFacts(docker: Dockerode): Promise<EngineFacts> {
  const [version, info, bridge, host] = await Promise.all([
    docker.version() as Promise<unknown> as Promise<Version>,
    docker.info() as Promise<Info>,
    defaultBridge(docker),
    hostNetwork(docker),
  ]);
  const identity = identityIn(version);
  return {
    ...identity,
    name: identity.kind === 'podman' ? 'Podman' : 'Docker Engine',
    apiVersion: version.ApiVersion,
    kernel: info.KernelVersion ?? 'unknown',
    firewallBackend: info.FirewallBackend?.Driver ?? 'unknown',
    rootless: info.Rootless ?? info.SecurityOptions?.includes('name=rootless') ?? false,
    usernsRemap: info.SecurityOptions?.includes('name=userns') ?? false,
    // docs.docker.com/reference/api/engine/version/v1.51/#tag/System/operation/SystemInfo: one of inactive, pending, active, error, locked
    inSwarm: !['', 'inactive'].includes(info.Swarm?.LocalNodeState ?? ''),
    ipv4Forwarding: info.IPv4Forwarding ?? true,
    networkDrivers: info.Plugins?.Network ?? [],
    addressPools: (info.DefaultAddressPools ?? []).map(({ Base, Size }) => `${Base} in /${Size}`),
    defaultBridge: bridge.value,
    hostNetwork: host.value,
    evidence: {
      version: [
        answered('/version', {
          Version: version.Version,
          ApiVersion: version.ApiVersion,
          Components: version.Components?.map(({ Name }) => Name),
        }),
      ],
      info: [
        answered('/info', {
          SecurityOptions: info.SecurityOptions,
          Rootless: info.Rootless,
          FirewallBackend: info.FirewallBackend,
          IPv4Forwarding: info.IPv4Forwarding,
          DefaultAddressPools: info.DefaultAddressPools,
          Swarm: info.Swarm && { LocalNodeState: info.Swarm.LocalNodeState },
          Plugins: { Network: info.Plugins?.Network },
        }),
      ],
      defaultBridge: [answered('/networks/bridge', bridge.answer)],
      hostNetwork: [answered('/networks/host', host.answer)],
    },
  };
}

/** Which engine it is that gave this answer to `GET /version`. */
export function identityIn({ Version, Components }: Pick<Version, 'Version' | 'Components'>): Pick<EngineFacts, 'id' | 'kind' | 'version'> {
  const kind = Components?.some(({ Name }) => Name.startsWith('Podman')) ? 'podman' : 'docker';
  const upstream = versionOf(Version);
  return { id: `${kind}-${upstream.name}`, kind, version: upstream.comparable };
}

/** What the engine was asked before the first claim began, and the part of its answer that counts. */
function answered(path: string, answer: object): Evidence {
  return {
    atMs: 0,
    durationMs: 0,
    kind: 'api',
    where: 'engine',
    what: `GET ${path} (${Object.keys(answer).join(', ')})`,
    answer: JSON.stringify(answer),
  };
}

async function defaultBridge(docker: Dockerode): Promise<{ value: DefaultBridge | undefined; answer: object }> {
  const asked = await inspectIfAny(docker, 'bridge');
  if (!asked.network) return { value: undefined, answer: asked.refusal };
  const { Id, EnableIPv6, IPAM, Options } = asked.network;
  const answer = { Id, EnableIPv6, IPAM, Options };
  const ipv4 = (IPAM?.Config ?? []).find(({ Subnet }) => isIpv4Range(Subnet));
  if (!ipv4?.Subnet) return { value: undefined, answer };
  // the name under which dockerd reserves what its operator set as default-gateway (moby, daemon/daemon_unix.go)
  const router = ipv4.AuxiliaryAddresses?.['DefaultGatewayIPv4'];
  return {
    value: {
      id: Id,
      subnet: ipv4.Subnet,
      gateway: ipv4.Gateway ?? undefined,
      ipv6: EnableIPv6 ?? false,
      ...(router !== undefined && { router }),
      options: Options ?? {},
    },
    answer,
  };
}

function isIpv4Range(subnet: string | null | undefined): boolean {
  if (!subnet) return false;
  if (!ipaddr.isValidCIDR(subnet))
    throw new WrongAnswer('GET /networks/bridge', `${inWords(subnet)} as a subnet`, 'a range such as 172.17.0.0/16');
  return ipaddr.parseCIDR(subnet)[0].kind() === 'ipv4';
}

async function hostNetwork(docker: Dockerode): Promise<{ value: boolean; answer: object }> {
  const { network, refusal } = await inspectIfAny(docker, 'host');
  return network ? { value: true, answer: { Id: network.Id, Driver: network.Driver } } : { value: false, answer: refusal };
}

/** A network object, or what the engine says where it has no such network. */
async function inspectIfAny(
  docker: Dockerode,
  name: string,
): Promise<{ network: Network; refusal?: undefined } | { network?: undefined; refusal: object }> {
  try {
    return { network: shaped(`GET /networks/${name}`, networkShape, await docker.getNetwork(name).inspect()) };
  } catch (error) {
    const { statusCode, message } = error as { statusCode?: number; message: string };
    if (statusCode === 404) return { refusal: { statusCode, message } };
    throw error;
  }
}
