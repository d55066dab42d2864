import type Dockerode from 'dockerode';
import type { Surroundings } from '../diagnosis/observe';
import type { Section } from '../diagnosis/namespace-state';
import type { CommandResult, VantagePoint } from '../world/vantage-point';
import { curlRecordings } from './curl-recordings';
import { ids, printedByHost, printedByNginx01, printedByNginx02, printedByOther } from './diagnosis-recordings';
import { asPrinted, bridgeOfOther, hostPort, printing } from './diagnosis-scenes';

type Name = keyof typeof ids;
type Printed = Partial<Record<Section, string>>;

/** A container as `GET /containers/json` and its inspection tell of it, as far as a diagnosis asks. */
export interface FakeContainer {
  Id: string;
  Names: string[];
  State: string;
  HostConfig: { NetworkMode: string };
  Ports: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[];
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  Pid: number;
}

function container(name: Name, pid: number, network: string, address: string, ports: FakeContainer['Ports'] = []): FakeContainer {
  return {
    Id: ids[name],
    Names: [`/${name}-1`],
    State: 'running',
    HostConfig: { NetworkMode: network },
    Ports: ports,
    NetworkSettings: { Networks: { [network]: { IPAddress: address } } },
    Pid: pid,
  };
}

const statusOf = (statusCode: number) => Object.assign(new Error(`(HTTP code ${statusCode})`), { statusCode });

/** What curl leaves that got the page and the token of a container. */
export const curlReached = (token: string): CommandResult =>
  printing(`<html>\n--conformance-transfer-- 200 172.17.0.3\n${token}\n--conformance-transfer-- 200 172.17.0.3\n`);
export const curlDropped: CommandResult = curlRecordings['dropped by a firewall']['8.22.0'];
export const curlRefused: CommandResult = curlRecordings.refused['8.22.0'];
export const curlNoRoute: CommandResult = curlRecordings['a route of type unreachable']['8.22.0'];
export const curlMissing: CommandResult = { exitCode: 127, stdout: '', stderr: 'sh: curl: not found' };

/** The lab of the recordings, with an engine and a host that only tell what was recorded there, or what a test changes. */
export class World {
  containers = [
    container('nginx01', 272, 'bridge', '172.17.0.2', [{ PrivatePort: 80, Type: 'tcp' }]),
    container('nginx02', 320, 'bridge', '172.17.0.3', [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: hostPort, Type: 'tcp' }]),
    container('other', 392, 'backend', '172.18.0.2'),
  ];
  networks: Record<string, { Id: string; Driver: string; Options: Record<string, string> | null }> = {
    bridge: { Id: 'e8a2ce2ea293', Driver: 'bridge', Options: { 'com.docker.network.bridge.name': 'docker0' } },
    backend: { Id: `${bridgeOfOther.slice('br-'.length)}0a5a0ae359f8`, Driver: 'bridge', Options: null },
  };
  /** what the state of a namespace is, one after the other; the last one stays */
  readonly states: Record<Name | 'host', Printed[]> = {
    host: [printedByHost],
    nginx01: [printedByNginx01],
    nginx02: [printedByNginx02],
    other: [printedByOther],
  };
  /** what the kernel tells of packets that are followed; a place without it has no nft */
  readonly followed: Partial<Record<Name | 'host', string>> = {};
  /** what curl leaves, one after the other; the last one stays */
  curl: CommandResult[] = [curlDropped];
  /** every command that was run, with where */
  readonly ran: string[] = [];
  access: Surroundings['access'] = { kind: 'lab', enter: [] };

  readonly host: VantagePoint = { name: 'host', exec: (argv) => Promise.resolve(this.run('host', argv)) };

  /** The inside of a container. */
  inside(name: Name): VantagePoint & { id: string } {
    return { name, id: ids[name], exec: (argv) => Promise.resolve(this.run(name, argv)) };
  }

  /** What the engine tells of a container, for a test to change. */
  container(name: Name): FakeContainer {
    const found = this.containers.find(({ Id }) => Id === ids[name]);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }

  get probes(): number {
    return this.ran.filter((line) => line.includes(' curl ')).length;
  }

  get surroundings(): Surroundings {
    return {
      docker: this.docker,
      kind: 'docker',
      host: this.host,
      access: this.access,
      nameOf: (id) => Object.entries(ids).find(([, it]) => it === id)?.[0],
    };
  }

  private run(where: string, argv: readonly string[]): CommandResult {
    const line = argv.join(' ');
    this.ran.push(`${where} ${line}`);
    if (argv[0] === 'curl') return next(this.curl);
    if (line.includes('/ns/pid'))
      return printing(
        ['dockerd 24', 'docker-proxy 334', 'docker-proxy 340']
          .map((program) => program.split(' '))
          .map(([name, pid]) => `/proc/${pid}/status:Name:\t${name}\n/proc/${pid}/status:State:\tS (sleeping)\n`)
          .join(''),
      );
    const pid = /-t (\d+) -n /.exec(line)?.[1];
    if (line.includes('dnc-watch-')) return this.watch(line, pid);
    const place = pid === undefined ? 'host' : (Object.keys(ids) as Name[]).find((name) => this.container(name).Pid === Number(pid));
    return place === undefined
      ? { exitCode: 1, stdout: '', stderr: `nsenter: cannot open /proc/${pid}/ns/net: No such file or directory` }
      : printing(asPrinted(next(this.states[place])));
  }

  private watch(line: string, pid: string | undefined): CommandResult {
    if (!line.includes('nft -a monitor')) return printing('');
    const place = pid === undefined ? 'host' : (Object.keys(ids) as Name[]).find((name) => this.container(name).Pid === Number(pid));
    const seen = this.followed[place ?? 'host'];
    return seen === undefined ? { exitCode: 127, stdout: '', stderr: '' } : printing(seen);
  }

  private get docker(): Dockerode {
    const named = <T>(all: Record<string, T>, name: string) => (name in all ? Promise.resolve(all[name]) : Promise.reject(statusOf(404)));
    return {
      listContainers: () => Promise.resolve(this.containers),
      getContainer: (id: string) => ({
        inspect: () => named(Object.fromEntries(this.containers.map(({ Id, Pid }) => [Id, { State: { Pid, ExitCode: 0 } }])), id),
      }),
      getNetwork: (name: string) => ({ inspect: () => named(this.networks, name) }),
    } as unknown as Dockerode;
  }
}

/** The next of several, of which the last one stays. */
function next<T>(all: T[]): T {
  const first = all.length > 1 ? all.shift() : all[0];
  if (first === undefined) throw new Error('nothing was prepared');
  return first;
}
