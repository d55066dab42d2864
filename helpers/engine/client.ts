import type Dockerode from 'dockerode';
import { eventually } from '../claim/eventually';
import { Blocked, Deviation } from '../claim/verdict';
import { ask } from '../world/ask';
import { endpointOfRun } from './endpoint-of-run';
import { engineEvents } from './events';
import { dockerClient } from './guard';

/** A connection for a spec worker, whose variables the run has set to the one engine under test. */
export function openClient(): Dockerode {
  return dockerClient(endpointOfRun());
}

/**
 * Makes one call to the engine and records it with its answer as evidence. An answer with an error status is recorded
 * too, and passed on with its `statusCode`.
 * @param telling the part of a long answer that is evidence; without it, all of it
 * @param about what the engine calls whom `what` gives a name that others may have, too
 */
export async function call<T>(
  what: string,
  live: () => Promise<T>,
  telling: (answer: T) => unknown = (answer) => answer,
  about = '',
): Promise<T> {
  const words = (answer: T) => (Buffer.isBuffer(answer) || answer === undefined ? '' : JSON.stringify(telling(answer)));
  const { answer, shown } = await ask(
    { what, about, step: { kind: 'api', where: 'engine', answer: words, refusal: ({ message }) => message } },
    live,
  );
  return shown(answer);
}

/** The part of a network object that claims read, as the API sends it. */
export interface NetworkObject {
  Id: string;
  Name: string;
  Driver: string;
  Scope: string;
  IPAM?: { Config?: { Subnet?: string; Gateway?: string; AuxiliaryAddresses?: Record<string, string> | null }[] | null };
  Options?: Record<string, string> | null;
  Containers?: Record<string, { Name: string; EndpointID: string; MacAddress: string; IPv4Address: string; IPv6Address: string }>;
}

/** The questions about the engine that specs ask. */
export class Engine {
  constructor(private readonly docker: Dockerode) {}

  /**
   * The networks that the engine itself made, in no particular order (`GET /networks`, filter `type=builtin`). An engine
   * that refuses this filter, as Podman does, is asked for all, and those count whose names Docker reserves: Docker's own
   * filter looks at nothing else (`IsPreDefinedNetwork`).
   */
  async builtinNetworks(): Promise<NetworkObject[]> {
    const filters = { type: ['builtin'] };
    try {
      return await call(
        `GET /networks?filters=${JSON.stringify(filters)}`,
        () => this.docker.listNetworks({ filters }) as Promise<unknown> as Promise<NetworkObject[]>,
      );
    } catch (error) {
      if (!/invalid filter/.test((error as Error).message)) throw error;
      const all = await call('GET /networks', () => this.docker.listNetworks() as Promise<unknown> as Promise<NetworkObject[]>);
      return all.filter(({ Name }) => ['bridge', 'host', 'none'].includes(Name));
    }
  }

  /** Names of the network drivers that the engine offers (`GET /info`, Plugins.Network). */
  async networkDrivers(): Promise<string[]> {
    const plugins = await call(
      'GET /info (Plugins)',
      async () => ((await this.docker.info()) as { Plugins: { Network: string[] | null } }).Plugins,
    );
    return plugins.Network ?? [];
  }

  /** One network by name or id (`GET /networks/{id}`). */
  network(nameOrId: string): Promise<NetworkObject> {
    return call(
      `GET /networks/${nameOrId}`,
      async () => (await this.docker.getNetwork(nameOrId).inspect()) as NetworkObject,
      // what grows with the engine's containers comes last, where a long answer is cut
      ({ Id, Name, Driver, Scope, IPAM, Options, Containers }) => ({ Id, Name, Driver, Scope, IPAM, Options, Containers }),
    );
  }

  /** As {@link network}, or undefined where the engine has no such network. */
  async networkIfAny(nameOrId: string): Promise<NetworkObject | undefined> {
    try {
      return await this.network(nameOrId);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined;
      throw error;
    }
  }

  /** Ids of all containers, running or not (`GET /containers/json?all=1`). */
  async containerIds(): Promise<string[]> {
    return call('GET /containers/json?all=1 (Id)', async () => (await this.docker.listContainers({ all: true })).map(({ Id }) => Id));
  }

  /**
   * Name of the host's link that is the bridge of a network: the one that its options name
   * (`com.docker.network.bridge.name`), else, as Podman's name none, the one that has the address of its gateway.
   * @throws Deviation when neither leads to a link
   */
  async bridgeInterface(network: string, host: { linkWith(address: string): Promise<string> }): Promise<string> {
    const { Options, IPAM } = await this.network(network);
    const name = Options?.['com.docker.network.bridge.name'];
    if (name) return name;
    const gateway = IPAM?.Config?.find(({ Gateway }) => Gateway)?.Gateway;
    if (!gateway) throw new Deviation(`the network ${network} does not say which bridge of the host is its own`);
    return host.linkWith(gateway);
  }

  /**
   * Ids of a network's members from both sides: those that the network lists, and those of the running containers that
   * name the network, whatever they call it. Sorted; asked again for a moment while they differ, because a shared engine never stands still.
   * @throws Deviation when the network has no id
   */
  async membersOf(network: string): Promise<{ listedIds: string[]; attachedIds: string[] }> {
    const look = async () => {
      const { Id: networkId, Containers } = await this.network(network);
      if (!networkId) throw new Deviation(`the network ${network} has no id`);
      const filters = { network: [networkId] };
      const attachedIds = await call(`GET /containers/json?filters=${JSON.stringify(filters)} (Id)`, async () =>
        (await this.docker.listContainers({ filters })).map(({ Id }) => Id).sort(),
      );
      return { listedIds: Object.keys(Containers ?? {}).sort(), attachedIds };
    };
    return eventually(look, ({ listedIds, attachedIds }) => listedIds.join() === attachedIds.join(), { within: 3000 });
  }

  /**
   * For a claim that holds "when nothing else is started": somebody else's containers that left a network since these were
   * created make it impossible to judge. Those that joined it and are still there can be seen.
   * @throws Blocked when there were some.
   */
  async mustHaveBeenQuiet(network: string, own: readonly { id: string; createdAt: number }[]): Promise<void> {
    const { Id } = await this.network(network);
    const events = await engineEvents(this.docker, new Date(Math.min(...own.map(({ createdAt }) => createdAt))), {
      type: ['network'],
      event: ['disconnect'],
    });
    const others = events.flatMap(({ Actor: { ID, Attributes } }) =>
      ID === Id && !own.some(({ id }) => id === Attributes['container']) ? [Attributes['container']] : [],
    );
    if (others.length > 0) throw new Blocked(`other containers left ${network} at the same time: ${[...new Set(others)].join(', ')}`);
  }
}
