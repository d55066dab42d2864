import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { isEngineLost } from '../world/lost';
import { identityPath } from '../vantage/fetch';
import { execInContainer } from '../vantage/exec';

/** Milliseconds that nginx has to serve its page; it takes some 30 on an idle machine. */
const servesWithin = 10_000;

/** A second port, for a site of the suite's own. */
const secondPort = 8079;

/** What the page of an nginx says that nobody changed. */
const welcome = 'Welcome to nginx!';

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
    if (!(await container.inspect()).State.Running) return endsByItself;
    if (flaw instanceof Error) throw flaw;
    return flaw;
  } catch (error) {
    if (isEngineLost(error)) throw error;
    return flawBehind(error as Error & { statusCode?: number; json?: { message?: string } });
  } finally {
    await container?.remove({ force: true, v: true }).catch(() => undefined);
  }
}

/** What a refusal says of the image. A runtime that starts nothing at all says nothing of it. */
function flawBehind({ statusCode = 0, json, message }: Error & { statusCode?: number; json?: { message?: string } }): string | undefined {
  if (statusCode === 409) return endsByItself;
  const said = json?.message ?? message;
  return statusCode < 500 || /not found|no such file/i.test(said) ? `it cannot be run: ${said.trim()}` : undefined;
}

async function flawIn(docker: Dockerode, id: string): Promise<string | undefined> {
  const run = (script: string) => execInContainer(docker, id, 'image', ['sh', '-c', script]);
  const page = (path: string, port = 80) => `curl --silent --max-time 2 http://127.0.0.1:${port}${path}`;
  const token = randomBytes(8).toString('hex');
  const has = (script: string, text: string) => eventuallyPrints(() => run(script), text);
  if ((await run('command -v curl')).exitCode !== 0) return 'it has no curl, or no shell';
  if (!(await has(page('/'), welcome))) return "it does not serve nginx's welcome page on port 80";
  const { exitCode, stderr } = await run(prepared(token));
  if (exitCode !== 0) return `nothing can be added to what it serves: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  if (!(await has(page(identityPath), token))) return 'it does not serve /usr/share/nginx/html';
  return (await has(page(identityPath, secondPort), token)) ? undefined : 'it does not serve the sites in /etc/nginx/conf.d';
}

/** Whether a command prints a text before nginx has had its time. */
async function eventuallyPrints(command: () => Promise<{ stdout: string }>, text: string): Promise<boolean> {
  const startedAt = performance.now();
  for (;;) {
    const isLast = performance.now() - startedAt > servesWithin;
    if ((await command()).stdout.includes(text)) return true;
    if (isLast) return false;
    await pause(50);
  }
}
