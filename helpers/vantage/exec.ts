import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import type Dockerode from 'dockerode';
import { settingUp } from '../claim/set-up';
import { ask } from '../world/ask';
import { commandStep } from './run-command';
import { shellIn } from './shell';
import type { CommandResult, Telling } from '../world/vantage-point';

/**
 * Runs a command in a running container and waits for the whole of its output: over the API (`POST /containers/{id}/exec`),
 * or by the shell that waits in it for commands, where one does. A program that is not there is status 126 or 127.
 * @throws SetUpFailed where the engine refuses to run anything there
 */
export async function execInContainer(
  docker: Dockerode,
  containerId: string,
  name: string,
  argv: readonly string[],
  telling?: Telling,
): Promise<CommandResult> {
  return askedInside(
    { containerId, name, argv, telling },
    async () => (await shellIn(containerId)?.run(argv)) ?? (await execNow(docker, containerId, argv)),
  );
}

/** A command inside a container, as evidence tells of it. */
export interface CommandInside {
  containerId: string;
  name: string;
  argv: readonly string[];
  telling?: Telling | undefined;
}

/** Asks what a command inside a container says, by whatever way. @throws SetUpFailed where the way fails */
export async function askedInside(
  { containerId, name, argv, telling }: CommandInside,
  way: () => Promise<CommandResult>,
): Promise<CommandResult> {
  const live = () => settingUp('a command could not be run in a container', way);
  return (
    await ask(
      { what: `exec in ${containerId}: ${JSON.stringify(argv)}`, step: commandStep({ kind: 'exec', where: name, argv, telling }) },
      live,
    )
  ).answer;
}

/** {@link execInContainer}, without telling of it. @throws what the engine says */
export async function execNow(docker: Dockerode, containerId: string, argv: readonly string[]): Promise<CommandResult> {
  const exec = await docker.getContainer(containerId).exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true, Env: ['LC_ALL=C'] });
  const stream = await exec.start({ hijack: true, stdin: false });
  const stdout = collect();
  const stderr = collect();
  docker.modem.demuxStream(stream, stdout.sink, stderr.sink);
  await finished(stream as Readable, { writable: false });
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? 128, stdout: stdout.text(), stderr: stderr.text() };
}

function collect(): { sink: PassThrough; text: () => string } {
  const sink = new PassThrough();
  const chunks: Buffer[] = [];
  sink.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') };
}
