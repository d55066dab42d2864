/* What specs of a user's own network say, for those who read or write them in TypeScript. Nothing else is imported here. */

/** A place that is asked from, or asked for: a container, all that run of a service, the engine's host, or beside it. */
export interface Place {
  readonly kind: 'container' | 'host' | 'external';
  /** how reports call it */
  readonly name: string;
}

/** A container, or the containers of a service. */
export interface ContainerPlace extends Place {
  readonly kind: 'container';
  readonly found: ContainerQuery;
}

/** How a container is found: by all that is said here. */
export interface ContainerQuery {
  /** name of the container, or the start of its id */
  readonly name?: string;
  /** a label that it carries: `role`, or `role=database` */
  readonly label?: string;
  /** compose project that it is of */
  readonly project?: string;
  /** service of that project: all of its replicas are meant */
  readonly service?: string;
}

/** A compose project. */
export interface Project {
  readonly name: string;
  /** The containers of one of its services. */
  service(name: string): ContainerPlace;
}

/** A place that the engine does not run. */
export interface ExternalPlace extends Place {
  readonly kind: 'external';
  /** name or address, where it is asked for; without it, it is a machine beside the engine's host that asks */
  readonly address?: string;
}

/** A port number; a URL that is fetched there; or what else there is to say. */
export type At = number | string | AtOptions;

/** Which port is asked, and how. */
export interface AtOptions {
  port: number;
  /** with datagrams, in place of TCP */
  udp?: boolean;
}

/** Whom something asks: a place, or `NAME:PORT`, `ADDRESS:PORT` or a URL as programs there would use it. */
export type To = Place | string;

/** How it is known that a "must not" says something. */
export interface MustNotOptions {
  /** which port is asked; it may be left out where the target names one */
  port?: number;
  /** with datagrams, in place of TCP */
  udp?: boolean;
  /** who does reach that very listener, before and after: without it, nobody would know that there was anything to reach */
  control: Place | readonly [Place, ...Place[]];
}

/** What came of asking. */
export interface Seen {
  readonly reached: boolean;
  /** in a sentence */
  readonly summary: string;
  /** what each address answered */
  readonly answers: readonly { readonly address: string; readonly says: string; readonly status?: number }[];
  /** status of the first answer over HTTP */
  readonly status?: number;
  /** why it is not reached, where that was found out */
  readonly cause?: { readonly code: string; readonly summary: string; readonly remedy: string };
}

/** How binding a claim is; `must` unless it says otherwise. */
export type ClaimLevel = 'must' | 'should' | 'observed';

/** A sentence about a network, and what tells whether it is so. */
export interface ClaimDeclaration {
  /** words joined by dots and dashes, which waivers, baselines and JUnit know it by: it should never change */
  id: string;
  /** the sentence */
  title: string;
  level?: ClaimLevel;
  /** ends well where the sentence holds; `reach`, `mustNotReach` and `expect` throw where it does not */
  check: () => unknown;
}

/** What a compose file is brought up with. */
export interface ComposeOptions {
  /** profiles of the file that are brought up, too */
  profiles?: readonly string[];
  /** seconds that its services may take to be up and healthy; 120 without it */
  timeout?: number;
}

/** How long `eventually` looks. */
export interface EventuallyOptions {
  /** milliseconds */
  within: number;
}

/** What stands behind the names that specs import; a run puts it in place before it loads them. */
export interface Network {
  claim: (declaration: ClaimDeclaration) => void;
  compose: (file: string, options: ComposeOptions) => Project;
  reach: (from: Place, to: To, at: At | undefined) => Promise<Seen>;
  mustNotReach: (from: Place, to: To, options: MustNotOptions) => Promise<void>;
  probe: (from: Place, to: To, at: At | undefined) => Promise<Seen>;
  openPorts: (place: Place) => Promise<string[]>;
  eventually: <T>(look: () => Promise<T>, condition: (seen: T) => boolean, options: EventuallyOptions) => Promise<T>;
}
