import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { isEngineLost } from '../world/lost';
import { identityPath } from '../vantage/fetch';
import { lasting } from '../claim/set-up';
import { lastWords } from '../containers/nginx';
import { execInContainer } from '../vantage/exec';
import { listeningSockets, listensOn } from '../vantage/procfs';
import type { CommandResult } from '../world/vantage-point';

/** Milliseconds that nginx has to serve its page; it takes some 30 on an idle machine. */
const servesWithin = 10_000;

/** What claims of the document run in a container, besides a shell and nginx. */
const programs = ['cat', 'curl'];

/** What claims of other areas run besides. */
const furtherPrograms = ['busybox', 'grep', 'hostname', 'ip', 'nc', 'nslookup', 'readlink', 'sleep', 'socat', 'stat', 'timeout'];

/** A second port, for a site of the suite's own. */
const secondPort = 8079;

/** What the page of an nginx says that nobody changed. */
const welcome = 'Welcome to nginx!';

/** Prints the TCP sockets of a container; without a program that not every image has. */
const sockets = 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true';

const endsByItself = 'its container ends by itself';

/** Puts an identity beside the page, and a site into the folder whose sites nginx serves: both is what claims do with the image. */
const prepared = (token: string) =>
  `echo ${token} >/usr/share/nginx/html${identityPath} && echo 'server { listen ${secondPort}; root /usr/share/nginx/html; }' >/etc/nginx/conf.d/check.conf && nginx -s reload`;

/**
 * What keeps an image from being the nginx that claims run on, which anybody can have tagged as such. It is run once, without
 * a network. An engine that starts no container at all says nothing about the image.
 * @returns undefined where it serves its welcome page, what is put beside that, and further sites, and can fetch them
 */
export async function flawOfNginx(docker: Dockerode, reference: string, labels: Record<string, string>): Promise<string | undefined> {
  let container: Dockerode.Container | undefined;
  try {
    container = await docker.createContainer({ Image: reference, Labels: labels, HostConfig: { NetworkMode: 'none' } });
    await container.start();
    const flaw = await flawIn(docker, container.id).catch((error: unknown) => error as Error);
    if (flaw === undefined) return undefined;
    // what is run in a container while that ends is killed, or refused in words that say something else
    if (!(await container.inspect()).State.Running) return await endOf(docker, container.id);
    if (flaw instanceof Error) throw flaw;
    return flaw;
  } catch (error) {
    if (isEngineLost(error)) throw error;
    return flawBehind(error as Error & { statusCode?: number; json?: { message?: string } });
  } finally {
    await container?.remove({ force: true, v: true }).catch(() => undefined);
  }
}

/** That a container ended, with its last word. */
async function endOf(docker: Dockerode, id: string): Promise<string> {
  const said = lasting((await lastWords(docker, id)).trim().split('\n').at(-1) ?? '');
  return said === '' ? endsByItself : `${endsByItself}: ${said}`;
}

/**
 * What keeps every server on an engine from serving, seen with an image that is known to be good: the words of what failed,
 * and what the engine says that it restricts containers by. An engine that starts no container at all says so each time.
 * @returns undefined where a server serves
 */
export async function obstacleToServers(docker: Dockerode, reference: string, labels: Record<string, string>): Promise<string | undefined> {
  const flaw = await flawOfNginx(docker, reference, labels);
  if (flaw === undefined) return undefined;
  const { SecurityOptions } = (await docker.info()) as { SecurityOptions?: string[] };
  const restrictions = restrictionsIn(SecurityOptions ?? []);
  return `no server can be run in a container of this engine (${flaw})${restrictions.length > 0 ? `; the engine restricts containers by ${restrictions.join(', ')}` : ''}`;
}

const modules: Readonly<Record<string, string>> = { apparmor: 'AppArmor', seccomp: 'seccomp', selinux: 'SELinux' };

/** Security modules by which an engine restricts containers, with their profiles. @param options as GET /info has them, e.g. `name=seccomp,profile=builtin` */
export function restrictionsIn(options: readonly string[]): string[] {
  return options.flatMap((option) => {
    const settings = new Map(option.split(',').map((it) => [it.replace(/=.*/, ''), it.replace(/^[^=]*=/, '')]));
    const module = modules[settings.get('name') ?? ''];
    const profile = settings.get('profile');
    return module === undefined || profile === 'unconfined' ? [] : [`${module}${profile === undefined ? '' : ` (profile ${profile})`}`];
  });
}

/** What a refusal says of the image. A runtime that starts nothing at all says nothing of it. */
function flawBehind({ statusCode = 0, json, message }: Error & { statusCode?: number; json?: { message?: string } }): string | undefined {
  if (statusCode === 409) return endsByItself;
  const said = json?.message ?? message;
  return statusCode < 500 || /not found|no such file/i.test(said) ? `it cannot be run: ${said.trim()}` : undefined;
}

/**
 * What claims of other areas than the document need of an image, and it lacks. It is run once, without a network.
 * @returns names of programs
 */
export async function missingTools(docker: Dockerode, reference: string, labels: Record<string, string>): Promise<string[]> {
  const container = await docker.createContainer({ Image: reference, Labels: labels, HostConfig: { NetworkMode: 'none' } });
  try {
    await container.start();
    return await missingOf(furtherPrograms, (script) => execInContainer(docker, container.id, 'image', ['sh', '-c', script]));
  } finally {
    await container.remove({ force: true, v: true }).catch(() => undefined);
  }
}

async function missingOf(names: readonly string[], run: (script: string) => Promise<CommandResult>): Promise<string[]> {
  const { stdout } = await run(`for name in ${names.join(' ')}; do command -v "$name" >/dev/null || echo "$name"; done`);
  return stdout.split('\n').filter(Boolean);
}

async function flawIn(docker: Dockerode, id: string): Promise<string | undefined> {
  const run = (script: string) => execInContainer(docker, id, 'image', ['sh', '-c', script]);
  const page = (path: string, port = 80) => `curl --silent --max-time 2 http://127.0.0.1:${port}${path}`;
  const token = randomBytes(8).toString('hex');
  const has = (script: string, text: string) => eventuallyPrints(() => run(script), text);
  if ((await run(':')).exitCode !== 0) return 'it has no shell';
  const missing = await missingOf(programs, run);
  const lacks = missing.length > 0 ? [`it has no ${missing.join(', ')}`] : [];
  if (!(await eventuallyHolds(async () => listensOn(listeningSockets((await run(sockets)).stdout), 80))))
    lacks.push('nothing in it listens on port 80');
  else if (missing.length === 0 && !(await has(page('/'), welcome))) lacks.push("it does not serve nginx's welcome page on port 80");
  if (lacks.length > 0) return lacks.join(', and ');
  const { exitCode, stderr } = await run(prepared(token));
  if (exitCode !== 0) return `nothing can be added to what it serves: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  if (!(await has(page(identityPath), token))) return 'it does not serve /usr/share/nginx/html';
  return (await has(page(identityPath, secondPort), token)) ? undefined : 'it does not serve the sites in /etc/nginx/conf.d';
}

/** Whether a command prints a text before nginx has had its time. */
function eventuallyPrints(command: () => Promise<{ stdout: string }>, text: string): Promise<boolean> {
  return eventuallyHolds(async () => (await command()).stdout.includes(text));
}

async function eventuallyHolds(condition: () => Promise<boolean>): Promise<boolean> {
  const startedAt = performance.now();
  for (;;) {
    const isLast = performance.now() - startedAt > servesWithin;
    if (await condition()) return true;
    if (isLast) return false;
    await pause(50);
  }
}
