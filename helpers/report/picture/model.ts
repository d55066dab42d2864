import type { NetworkNamespace, ObservedTopology } from '../../results/results';
import type { Publication, Socket } from './ports';

type Link = NetworkNamespace['links'][number];
type Network = ObservedTopology['networks'][number];

/** A link of a container's namespace, and what it leads to. */
export interface OwnLink {
  name: string;
  addresses: string[];
  /** the network whose endpoint it is, as far as the engine tells */
  network: Network | undefined;
  /** other end of its veth pair on the host */
  peer: Link | undefined;
  /** link of the host that it is made from (macvlan, ipvlan) */
  parent: Link | undefined;
}

/** A network namespace with the containers that are in it. */
export interface Place {
  /** more than one where a container shares the namespace of another */
  containers: string[];
  /** undefined where it could not be looked at */
  namespace: string | undefined;
  links: OwnLink[];
  sockets: Socket[];
  publications: Publication[];
  gateways: string[];
  /** networks of its containers that none of its links leads to, such as `none`; each with the address that the engine tells, if any */
  otherNetworks: (Network & { address: string })[];
}

/** A link of the host that matters to the topology. */
export interface HostLink {
  name: string;
  addresses: string[];
  /** bridge of which it is a port */
  bridge: string | undefined;
  /** networks whose bridge it is */
  networks: Network[];
}

export interface Host {
  namespace: string;
  gateways: string[];
  links: HostLink[];
  /** how many more it has, that have nothing to do with the topology */
  otherLinks: number;
  /** containers in host mode */
  guests: Place[];
}

/** A topology as it is told and drawn: namespaces, what is in each of them, and what of the host matters to them. */
export interface Drawing {
  name: string;
  host: Host | undefined;
  places: Place[];
  /** networks that containers have links in and that no link of the host stands for */
  detached: Network[];
}
