import type { Evidence } from '../world/evidence';

/** The default bridge network as the engine describes it. */
export interface DefaultBridge {
  id: string;
  /** IPv4 subnet in CIDR notation */
  subnet: string;
  gateway: string | undefined;
  ipv6: boolean;
  /** the router of its containers, where that is another address than the bridge's own (`default-gateway`) */
  router?: string;
  /** what its operator chose for it, as far as it is in the network's options */
  options: Readonly<Record<string, string>>;
}

/** What the engine says of itself, gathered once per run. */
export interface EngineFacts {
  /** kind and version, e.g. `docker-28.5.2`, and the mode if it is in one: `docker-28.5.2+rootless` */
  id: string;
  kind: 'docker' | 'podman';
  name: string;
  /** upstream version, without what a distribution adds to it */
  version: string;
  apiVersion: string;
  kernel: string;
  firewallBackend: string;
  rootless: boolean;
  /** whether containers have user namespaces of their own, unless they ask for the host's (`userns-remap`) */
  usernsRemap: boolean;
  /** whether it is, or tries to be, part of a swarm: its networks and names are then also the swarm's matter */
  inSwarm: boolean;
  /** false where the engine says that its host forwards no IPv4 */
  ipv4Forwarding: boolean;
  /** what the lab of the suite's own does otherwise than usual, in a sentence; of other engines it is not known */
  mode?: string;
  networkDrivers: string[];
  /** address pools that the operator configured; empty when the engine uses its built-in ones */
  addressPools: string[];
  /** absent on an engine that was started without one */
  defaultBridge: DefaultBridge | undefined;
  /** whether host mode is a network that can be asked for, and not merely a mode of containers */
  hostNetwork: boolean;
  /** the answers that the facts are from, for claims that they keep from being judged */
  evidence: Record<'version' | 'info' | 'defaultBridge' | 'hostNetwork', Evidence[]>;
}

/** What a bridge network gets that asks for nothing. */
export interface NewNetworks {
  /** options that the operator gives every new one (`default-network-opts`) */
  options: Record<string, string>;
  /** its IPv4 range, where that has room for fewer containers than Docker's own ranges have at least (a /24) */
  narrow?: string;
  /** whether it carries IPv4, as it does unless the operator takes that away */
  ipv4: boolean;
  /** whether it carries IPv6 */
  ipv6: boolean;
  /** what the engine says where it has no range left for one */
  withoutRange?: string;
  /** the answers that tell it */
  evidence: Evidence[];
}
