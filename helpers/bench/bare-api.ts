/**
 * The calls that every implementation of the document's claims has to make, as early and as much at once as the claims
 * allow, and nothing else: no assertion, no evidence, no report. Run as a program, it takes the engine from DOCKER_HOST
 * and prints how many milliseconds the calls took.
 */
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import Dockerode from 'dockerode';
import { execInContainer } from '../vantage/exec';

const docker = new Dockerode();
const image = 'nginx:latest';
const identity = 'echo token >/usr/share/nginx/html/identity';
const view =
  'readlink /proc/self/ns/net; cat /proc/net/dev /proc/net/fib_trie /proc/net/if_inet6 /proc/net/route /proc/net/ipv6_route /proc/net/tcp /proc/net/tcp6';
const links = 'cat /sys/class/net/eth0/iflink /sys/class/net/eth0/address /proc/net/fib_trie';

/** Fetches a page from the engine's host, which must be here; tells only whether there was an answer. */
function fetched(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (answer) => answer.resume().on('end', () => resolve(true)));
    request.on('error', () => resolve(false));
  });
}

async function untilAnswered(url: string): Promise<void> {
  while (!(await fetched(url))) await delay(5);
}

interface Started {
  container: Dockerode.Container;
  address: string;
  hostPort: string;
}

async function start(hostConfig: Dockerode.HostConfig, setUp = identity): Promise<Started> {
  const container = await docker.createContainer({
    Image: image,
    Tty: true,
    OpenStdin: true,
    Cmd: ['sh', '-c', `${setUp}; exec nginx -g 'daemon off;'`],
    ExposedPorts: { '80/tcp': {} },
    HostConfig: hostConfig,
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const address = NetworkSettings.Networks['bridge']?.IPAddress ?? 'localhost';
  await untilAnswered(`http://${address}`);
  return { container, address, hostPort: NetworkSettings.Ports['80/tcp']?.[0]?.HostPort ?? '' };
}

async function exec(container: Dockerode.Container, argv: readonly string[]): Promise<void> {
  await execInContainer(docker, container.id, container.id, argv);
}

async function networkModels(): Promise<void> {
  const builtin = docker.listNetworks({ filters: { type: ['builtin'] } });
  const byShortId = async () =>
    await Promise.all((await builtin).map(({ Id }) => docker.getNetwork(Id.slice(0, 12)).inspect() as Promise<unknown>));
  await Promise.all([docker.version(), docker.info(), docker.listNetworks(), byShortId()]);
}

async function hostMode(): Promise<void> {
  const { container } = await start({ NetworkMode: 'host' });
  const hostNetwork = docker.getNetwork('host');
  await Promise.all([
    hostNetwork.inspect(),
    docker.listContainers({ all: true }),
    exec(container, ['sh', '-c', view]),
    fetched('http://localhost/'),
    fetched('http://localhost/identity'),
  ]);
  await container.stop();
  await container.inspect();
  await container.remove();
  await Promise.all([hostNetwork.inspect(), docker.listContainers({ all: true }), fetched('http://localhost/')]);
}

async function publishedPort(): Promise<void> {
  const secondListener = "echo 'server { listen 8080; root /usr/share/nginx/html; }' >/etc/nginx/conf.d/second.conf";
  const { container, address, hostPort } = await start(
    { PortBindings: { '80/tcp': [{ HostPort: '' }] } },
    `${identity}; ${secondListener}`,
  );
  const control = () => Promise.all([fetched(`http://${address}:8080/identity`), fetched(`http://localhost:${hostPort}/identity`)]);
  const unpublished = async () => {
    await control();
    await fetched('http://localhost:8080');
    await control();
  };
  await Promise.all([docker.getNetwork('bridge').inspect(), exec(container, ['readlink', '/proc/self/ns/net']), unpublished()]);
  await container.remove({ force: true, v: true });
}

async function bridgeLab(): Promise<void> {
  const [one, other] = await Promise.all([start({}), start({})]);
  const curl = ({ address }: Started) => ['curl', '--silent', `http://${address}/`, `http://${address}/identity`];
  await Promise.all([
    docker.getNetwork('bridge').inspect(),
    docker.listContainers({ filters: { network: ['bridge'] } }),
    exec(one.container, ['sh', '-c', links]),
    exec(other.container, ['sh', '-c', links]),
    exec(one.container, curl(other)),
    exec(other.container, curl(one)),
  ]);
  await Promise.all([one, other].map(({ container }) => container.remove({ force: true, v: true })));
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  await Promise.all([networkModels(), hostMode(), publishedPort(), bridgeLab()]);
  process.stdout.write(`${performance.now() - startedAt}\n`);
}

void main();
