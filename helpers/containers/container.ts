import type Dockerode from 'dockerode';
import { call, Engine } from '../engine/client';
import { unexamined } from '../world/ask';
import { fetchFrom } from '../vantage/fetch';
import { execInContainer } from '../vantage/exec';
import { runInContainer } from '../vantage/inside';
import type { HostAccess } from '../claim/context';
import type { Outcome } from '../claim/outcome';
import { Turns } from '../engine/turns';
import type { CommandResult, Telling, VantagePoint } from '../world/vantage-point';
import { Unaddressable } from '../claim/verdict';

/** The part of a container object that claims read, as the API sends it. */
export interface ContainerObject {
  Id: string;
  Name: string;
  State: { Running: boolean; Pid: number };
  HostConfig: { NetworkMode: string; PortBindings: Record<string, unknown> | null };
  NetworkSettings: {
    Bridge?: string;
    SandboxID: string;
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
    Networks: Record<string, EndpointObject> | null;
  };
}

/** One endpoint of a container, as `NetworkSettings.Networks` lists it. */
export interface EndpointObject {
  IPAMConfig: object | null;
  Links: string[] | null;
  Aliases: string[] | null;
  DriverOpts: object | null;
  NetworkID: string;
  EndpointID: string;
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  MacAddress: string;
}

/** How a binding names all IPv4 addresses of the host. */
const allAddresses = '0.0.0.0';

/** Somebody who can be fetched from: a container, or an origin `http://address:port`. */
export type Target = Container | string;

/** A running container of a topology: a vantage point, and a server that can be told from every other. */
export class Container implements VantagePoint {
  /** milliseconds since the epoch */
  readonly createdAt = Date.now();

  constructor(
    /** key in the topology, e.g. `nginx01` */
    readonly name: string,
    readonly id: string,
    /** name that the engine knows it by */
    readonly containerName: string,
    /** what its server answers when asked who it is */
    readonly token: string,
    /** TCP ports on which its server listens, in the order in which the topology asked for them */
    readonly ports: readonly number[],
    private readonly docker: Dockerode,
    /** where its engine's host is */
    private readonly access: HostAccess,
    /** the turns in which the engine's containers come and go */
    private readonly changes = new Turns(),
  ) {}

  /** Runs a command inside the container, by the shortest way ({@link runInContainer}): what it may do there is not the engine's to say. */
  exec(argv: readonly string[], telling?: Telling): Promise<CommandResult> {
    return runInContainer(this.docker, this.access, this.id, this.name, argv, telling);
  }

  /** Runs a command inside the container as the engine does (`docker exec`): by its user, with its environment and with no more than its capabilities. */
  execByEngine(argv: readonly string[], telling?: Telling): Promise<CommandResult> {
    return execInContainer(this.docker, this.id, this.name, argv, telling);
  }

  /** The container object as the API gives it now. */
  inspect(): Promise<ContainerObject> {
    return call(
      `GET /containers/${this.name}/json (Id, Name, State, NetworkSettings, network part of HostConfig)`,
      async () => (await this.docker.getContainer(this.id).inspect()) as unknown as ContainerObject,
      ({ Id, Name, State: { Running, Pid }, HostConfig: { NetworkMode, PortBindings }, NetworkSettings }) => ({
        Id,
        Name,
        State: { Running, Pid },
        HostConfig: { NetworkMode, PortBindings },
        NetworkSettings,
      }),
      this.containerName,
    );
  }

  /**
   * Its endpoint in a network, whatever the container calls that network: to Podman the default one is `podman` in
   * containers and `bridge` in networks.
   * @throws Deviation when it has none there.
   */
  async endpoint(network: string): Promise<EndpointObject> {
    const Networks = (await this.inspect()).NetworkSettings.Networks ?? {};
    const endpoint = Networks[network] ?? (await this.endpointByOtherName(network, Object.values(Networks)));
    if (!endpoint)
      throw new Unaddressable(
        `${this.name} has no endpoint in the network ${network}, only in: ${Object.keys(Networks).join(', ') || 'none'}`,
        this.id,
      );
    return endpoint;
  }

  /** The endpoint whose NetworkID leads to the same network as a name does. */
  private async endpointByOtherName(network: string, endpoints: readonly EndpointObject[]): Promise<EndpointObject | undefined> {
    const engine = new Engine(this.docker);
    const wanted = await engine.networkIfAny(network);
    if (!wanted) return undefined;
    for (const endpoint of endpoints) {
      if ((await engine.networkIfAny(endpoint.NetworkID))?.Id === wanted.Id) return endpoint;
    }
    return undefined;
  }

  /**
   * `http://address:port` of its server, at its own address in a network.
   * @throws Deviation when it has no address there.
   */
  async origin(network = 'bridge', port = this.ports[0]): Promise<string> {
    const address = (await this.endpoint(network)).IPAddress;
    if (!address) throw new Unaddressable(`${this.name} has no IPv4 address in the network ${network}`, this.id);
    return `http://${address}:${port}`;
  }

  /**
   * The port of the host on which the engine published one of its ports, on all IPv4 addresses or on this one.
   * @throws Deviation when it is not published there.
   */
  async hostPort(port: number, protocol: 'tcp' | 'udp' = 'tcp', address = allAddresses): Promise<number> {
    const bindings = (await this.inspect()).NetworkSettings.Ports?.[`${port}/${protocol}`] ?? [];
    // that it may be published elsewhere, too, is no reading of a claim that needs the port
    const binding = unexamined(() => bindings.find(({ HostIp }) => HostIp === address || (address === allAddresses && HostIp === '')));
    if (!binding)
      throw new Unaddressable(
        `port ${port} of ${this.name} is published at ${JSON.stringify(bindings)}, not on ${address === allAddresses ? 'all IPv4 addresses' : address} of the host`,
        this.id,
      );
    if (!/^\d+$/.test(binding.HostPort))
      throw new Unaddressable(
        `port ${port} of ${this.name} is published at ${JSON.stringify(binding)}, which names no port of the host`,
        this.id,
      );
    return Number(binding.HostPort);
  }

  /** Starts it over the API, as `docker start` does. @throws the engine's refusal with its `statusCode` */
  async start(): Promise<void> {
    await this.act(`POST /containers/${this.name}/start`, (container) => container.start());
  }

  /** Ends it and starts it again over the API, as `docker restart` does. @throws the engine's refusal with its `statusCode` */
  async restart(): Promise<void> {
    await this.act(`POST /containers/${this.name}/restart`, (container) => container.restart());
  }

  /** Ends it over the API, as `docker stop` does, and answers what that command prints. */
  async stop(): Promise<string> {
    await this.act(`POST /containers/${this.name}/stop`, (container) => container.stop());
    return this.containerName;
  }

  /** Removes it over the API, as `docker rm` does, and answers what that command prints. */
  async remove(): Promise<string> {
    await this.act(`DELETE /containers/${this.name}`, (container) => container.remove());
    return this.containerName;
  }

  private async act(what: string, action: (container: Dockerode.Container) => Promise<unknown>): Promise<void> {
    await this.changes.act(() => call(what, () => action(this.docker.getContainer(this.id)), undefined, this.containerName));
  }

  /** Fetches a page from inside this container. */
  async fetches(target: Target): Promise<Outcome> {
    return fetchFrom(this, typeof target === 'string' ? target : await target.origin());
  }
}
