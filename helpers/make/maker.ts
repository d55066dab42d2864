import { randomBytes } from 'node:crypto';
import semver from 'semver';
import { Container, type ContainerObject } from '../containers/container';
import { mustHaveServers, untilListening, type Provisioner } from '../containers/nginx';
import { claimedToBeGranted, settingUp } from '../claim/set-up';
import type { EngineFacts } from '../claim/engine-facts';
import { draw, unexamined } from '../world/ask';
import { identityPath } from '../vantage/fetch';
import type { Outcome } from '../claim/outcome';
import { isOutOfRanges } from '../engine/out-of-ranges';
import { asDockerMakesThem, isNarrow, withRange } from './as-docker-makes-them';
import { granted, type Ask, type ApiAnswer } from './ask';
import { Blocked } from '../claim/verdict';
import { currentLifetime } from './lifetime';
import { OwnNetwork } from './own-network';
import { ownSubnet, ownSubnet6 } from './subnets';
import { turnsOf, type EngineTurns } from '../engine/turns';

/** The API's body of `POST /containers/create`, as far as it is not free. */
export interface ContainerBody {
  /** how reports call it; without it the first letters of its name */
  member?: string;
  /** name on the engine; without it a random one */
  name?: string;
  /** `false`: it is created and not started */
  started?: false;
  Image?: string;
  Cmd?: readonly string[];
  Labels?: Record<string, string>;
  HostConfig?: Record<string, unknown>;
  NetworkingConfig?: { EndpointsConfig: Record<string, object> };
  [field: string]: unknown;
}

/** The API's body of `POST /networks/create`, as far as it is not free. */
export interface NetworkBody {
  /** without it a random one */
  Name?: string;
  Labels?: Record<string, string>;
  [field: string]: unknown;
}

/** What came of creating and starting a container. */
export interface Attempt {
  /** what the engine said last: to the start, or to the creation if it refused that */
  status: number;
  /** undefined where the engine does not say */
  runs: boolean | undefined;
  /** whether the engine said that it created it, and whether it is there */
  created: boolean;
  isThere: boolean;
  /** its IPv4 addresses, empty where it has none */
  readonly addresses: readonly string[];
}

/** A program that does nothing and ends at once when it is told to, so that no stop has to wait. */
const idle = ['sh', '-c', 'trap "exit 0" TERM QUIT INT; while :; do sleep 3600 & wait $!; done'];

/**
 * What claims make on an engine for themselves. All of it carries the run's labels and ends with the claim or scene that
 * made it. It is the set-up of a claim: what the engine refuses leaves the claim blocked. What the claim itself says that
 * the engine grants is made by {@link claimed}.
 */
export class Maker {
  private readonly turns: EngineTurns;

  constructor(
    private readonly provisioner: Provisioner,
    private readonly ask: Ask,
    /** whether a refusal is the claim's own matter */
    private readonly isClaimed = false,
  ) {
    this.turns = turnsOf(provisioner.docker, provisioner.context.engine);
  }

  /**
   * Makes what the claim says that it can be made, as `make.claimed.network({ Internal: true })`: a refusal makes the claim
   * deviate, if the engine does make an ordinary network or container.
   */
  get claimed(): Maker {
    return new Maker(this.provisioner, this.ask, true);
  }

  /** A name that nothing else has, e.g. `dnc-web-5f3a9c1e`. */
  name = (stem = 'it'): string => draw(`name of a ${stem}`, () => `dnc-${stem}-${randomBytes(4).toString('hex')}`);

  /** A /24 of the claim's own. */
  subnet = ownSubnet;

  /** A /64 of the claim's own. */
  subnet6 = ownSubnet6;

  /** Labels of the run, for what a claim creates by `ask` alone; without them it is left behind. */
  get labels(): Record<string, string> {
    return this.provisioner.context.labels;
  }

  /** Creates a network (`POST /networks/create`). @throws SetUpFailed, or with {@link claimed} Refused, with the engine's words */
  network = async (body: NetworkBody = {}): Promise<OwnNetwork> => {
    const Name = body.Name ?? this.name('net');
    const create = async () => granted(`creating the network ${Name}`, await this.tryNetwork({ ...body, Name }));
    // where the claim's network has a subnet of its own, the pools of the engine do not matter
    const plain = () => this.ordinary.network(body['IPAM'] === undefined ? {} : { IPAM: { Config: [{ Subnet: this.subnet().subnet }] } });
    return new OwnNetwork(
      idOf(await this.grant('a network that the claim needs could not be created', create, plain)),
      Name,
      this.ask,
      this.isClaimed,
    );
  };

  /** As {@link network}; what the engine says is the answer, whatever it is. What it does create ends with the claim. */
  tryNetwork = async (body: NetworkBody = {}): Promise<ApiAnswer<{ Id: string; Warning?: string }>> => {
    const { context } = this.provisioner;
    const whole = { Name: this.name('net'), ...asDockerMakesThem(body, context.newNetworks), Labels: { ...this.labels, ...body.Labels } };
    if (isNarrow(whole, context.newNetworks)) return this.networkCreated(withRange(whole, this.subnet().subnet));
    const answer = await this.networkCreated(whole);
    // other people's networks can have used up what the engine takes ranges from
    const lacksRange = context.newNetworks !== undefined && unexamined(() => isOutOfRanges(answer.message));
    return lacksRange ? this.networkCreated(withRange(whole, this.subnet().subnet)) : answer;
  };

  /** As {@link network}, in a range of the engine's choice, for claims about that. @throws Blocked where other networks have used all of them up */
  networkOfPools = async (): Promise<OwnNetwork> => {
    const Name = this.name('net');
    const answer = await this.networkCreated({ Name, ...asDockerMakesThem({}, this.provisioner.context.newNetworks), Labels: this.labels });
    if (this.provisioner.context.newNetworks !== undefined && unexamined(() => isOutOfRanges(answer.message)))
      throw new Blocked(`other networks use up the address pools of this engine: ${answer.message}`);
    return new OwnNetwork(
      idOf(
        await settingUp('a network that the claim needs could not be created', () =>
          Promise.resolve(granted(`creating the network ${Name}`, answer)),
        ),
      ),
      Name,
      this.ask,
    );
  };

  /** The options that a network has which asks for these; an operator can have chosen further ones for all new networks. */
  allOptions = (asked: Record<string, string>): Record<string, string> => {
    const { newNetworks } = this.provisioner.context;
    // the families are asked for otherwise, which takes the options away
    const chosen = Object.entries(newNetworks?.options ?? {}).filter(([option]) => !/^com\.docker\.network\.enable_ipv[46]$/.test(option));
    return { ...Object.fromEntries(chosen), ...asDockerMakesThem({ Options: asked }, newNetworks).Options };
  };

  private async networkCreated(whole: object): Promise<ApiAnswer<{ Id: string; Warning?: string }>> {
    const answer = await this.turns.networkCreations.act(() =>
      this.ask<{ Id: string; Warning?: string }>('POST', '/networks/create', whole),
    );
    unexamined(() => this.owned(answer, 'network', (id) => this.provisioner.docker.getNetwork(id).remove()));
    return answer;
  }

  /**
   * Probes what must not get from one network into another. Where Docker, before 28.0, inserts the jump to what keeps
   * networks apart anew with each network ({@link turnsOf}), there is none for a moment: what got through there is probed
   * once more while the suite creates no network.
   */
  betweenNetworks = async (probe: () => Promise<Outcome>): Promise<Outcome> => {
    const { kind, version } = this.provisioner.context.engine;
    const outcome = await probe();
    if (outcome.kind !== 'reached' || kind !== 'docker' || semver.gte(version, '28.0.0')) return outcome;
    return this.turns.networkCreations.meanwhileNone(probe);
  };

  /** Creates and starts a container that does nothing, unless its body says otherwise. @throws SetUpFailed, or with {@link claimed} the refusal, with the engine's words */
  container = async (body: ContainerBody = {}): Promise<Container> => {
    const container = await this.created(body, '', []);
    if (body.started !== false) await this.start(container);
    return container;
  };

  /** As {@link container}, with nginx on port 80 that answers with an identity of its own; it listens when this returns. */
  server = async (body: ContainerBody = {}): Promise<Container> => {
    mustHaveServers(this.provisioner.context);
    const token = draw('token', () => randomBytes(16).toString('hex'));
    const serve = `echo ${token} >/usr/share/nginx/html${identityPath}; exec nginx -g 'daemon off;'`;
    const container = await this.created({ Cmd: ['sh', '-c', serve], ...body }, token, [80]);
    if (body.started === false) return container;
    await this.start(container);
    await untilListening(container, this.provisioner);
    return container;
  };

  /** As {@link container}, not started; what the engine says is the answer, whatever it is. What it does create ends with the claim. */
  tryContainer = async (body: ContainerBody = {}): Promise<ApiAnswer<{ Id: string; Warnings?: string[] }>> => {
    const { docker, context } = this.provisioner;
    const name = body.name ?? this.name(body.member ?? 'box');
    // what is for the suite alone is undefined here, and so no part of the JSON that is sent
    const whole = {
      Image: context.image.tools,
      Cmd: idle,
      ...body,
      ...inUsernsOf(body, context.engine),
      name: undefined,
      member: undefined,
      started: undefined,
      Labels: { ...this.labels, ...body.Labels },
    };
    const answer = await this.ask<{ Id: string; Warnings?: string[] }>(
      'POST',
      `/containers/create?name=${encodeURIComponent(name)}`,
      whole,
    );
    unexamined(() =>
      this.owned(answer, 'container', (id) =>
        this.turns.containerChanges.act(() => docker.getContainer(id).remove({ force: true, v: true })),
      ),
    );
    return answer;
  };

  /** Creates and starts a container, whatever the engine says to that, and looks at what came of it. */
  tryToRun = async (body: ContainerBody = {}): Promise<Attempt> => {
    const name = body.name ?? this.name('attempt');
    const created = await this.tryContainer({ ...body, name });
    const started = created.status < 400 ? await this.ask('POST', `/containers/${name}/start`) : undefined;
    const seen = await this.ask<Partial<ContainerObject>>('GET', `/containers/${name}/json`);
    return {
      status: (started ?? created).status,
      runs: seen.status < 400 ? seen.body.State?.Running : false,
      created: started !== undefined,
      isThere: seen.status < 400,
      get addresses() {
        return Object.values(seen.body.NetworkSettings?.Networks ?? {}).map(({ IPAddress }) => IPAddress);
      },
    };
  };

  /** What the engine has created ends with the claim. */
  private owned(
    { status, body }: ApiAnswer<{ Id: string }>,
    kind: 'container' | 'network',
    remove: (id: string) => Promise<unknown>,
  ): void {
    if (status < 300) currentLifetime().owns(kind, body.Id, () => remove(body.Id));
  }

  private async created(body: ContainerBody, token: string, ports: readonly number[]): Promise<Container> {
    const name = body.name ?? this.name(body.member ?? 'box');
    const create = async () => granted(`creating the container ${name}`, await this.tryContainer({ ...body, name }));
    const id = idOf(
      await this.grant('a container that the claim needs could not be created', create, () => this.ordinary.container({ started: false })),
    );
    const { docker, context } = this.provisioner;
    return new Container(body.member ?? name, id, name, token, ports, docker, context.host, this.turns.containerChanges);
  }

  private start(container: Container): Promise<void> {
    return this.grant(
      'a container that the claim needs could not be started',
      () => container.start(),
      () => this.startOrdinary(),
    );
  }

  /** A container on a network of its own, neither of which asks for anything. */
  private async startOrdinary(): Promise<void> {
    const { name } = await this.ordinary.network({ IPAM: { Config: [{ Subnet: this.subnet().subnet }] } });
    await this.ordinary.container({ HostConfig: { NetworkMode: name } });
  }

  /** What an engine does that can make anything at all. */
  private get ordinary(): Maker {
    return new Maker(this.provisioner, this.ask);
  }

  private grant<T>(what: string, action: () => Promise<T>, plain: () => Promise<unknown>): Promise<T> {
    return this.isClaimed ? claimedToBeGranted(what, action, plain) : settingUp(what, action);
  }
}

/** Where containers have user namespaces of their own, host mode takes a container that has none (`docker run --userns host`). */
function inUsernsOf(
  { HostConfig }: ContainerBody,
  { usernsRemap }: Pick<EngineFacts, 'usernsRemap'>,
): { HostConfig?: Record<string, unknown> } {
  return usernsRemap && HostConfig?.['NetworkMode'] === 'host' ? { HostConfig: { UsernsMode: 'host', ...HostConfig } } : {};
}

/** The id of what was created, which the maker needs, and claims have not asked for. */
function idOf(created: { Id: string }): string {
  return unexamined(() => created.Id);
}
