import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

import { scaledLimit } from '../base/pace';
import { shellWord } from '../base/text';
import { run } from '../base/process';
import type { SshAddress } from './endpoint';
import { startRelay, type Relay } from './relay';

/** A relay whose connections run over ssh. */
export interface SshTunnel extends Relay {
  /** what went wrong on the latest connection that ended badly: the last line of stderr, or why ssh did not start */
  failure(): string | undefined;
  /** milliseconds within which an engine behind it must have answered: ssh has given up before if it does not get through */
  answersWithin: number;
}

/** Seconds for making one connection, where ssh's configuration says nothing: the Docker CLI's. */
const connectTimeout = 30;

/** Milliseconds, beside those of the connections, for logging in, for the shell of the other side and for the engine itself. */
const restWithin = 30_000;

/**
 * The arguments of ssh, as the Docker CLI gives them (docker/cli, cli/connhelper/connhelper.go): the remote `docker system
 * dial-stdio` joins its input and output to its engine's socket. Unlike the CLI, with BatchMode: a question for a password
 * or for an unknown host key is a failure, not a run that hangs.
 */
export function sshArguments(address: SshAddress, settings: readonly string[] = []): string[] {
  // ssh hands the command to a shell on the other side
  const docker = address.remoteSocket === undefined ? 'docker' : `docker ${shellWord(`--host=unix://${address.remoteSocket}`)}`;
  return [
    ...destination(address),
    ...['BatchMode=yes', ...settings].flatMap((setting) => ['-o', setting]),
    '-T',
    '--',
    address.host,
    `${docker} system dial-stdio`,
  ];
}

/** What ssh's own configuration says of an address: its `Host` entries may give it another name, other time limits and jump hosts. */
async function configured(address: SshAddress, env: NodeJS.ProcessEnv): Promise<{ seconds: number | undefined; hops: number }> {
  const { stdout } = await run(['ssh', '-G', ...destination(address), '--', address.host], { env, timeout: scaledLimit(10_000) });
  const value = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(stdout)?.[1];
  const jumps = value('proxyjump') ?? 'none';
  const seconds = Number(value('connecttimeout'));
  return { seconds: seconds > 0 ? seconds : undefined, hops: 1 + (jumps === 'none' ? 0 : jumps.split(',').length) };
}

/**
 * A local socket, each connection to which is one `ssh ... docker system dial-stdio`. Nothing is connected yet when this
 * returns.
 *
 * @param env variables for ssh; PATH is where it is looked for
 */
export async function openSshTunnel(address: SshAddress, env: NodeJS.ProcessEnv = process.env): Promise<SshTunnel> {
  let failure: string | undefined;
  const { seconds, hops } = await configured(address, env);
  // what the user has configured is not overruled: the command line would go before it
  const args = sshArguments(address, seconds === undefined ? [`ConnectTimeout=${connectTimeout}`] : []);

  const attach = (client: Socket): void => {
    const ssh = spawn('ssh', args, { env, stdio: 'pipe' });
    let stderr = '';
    ssh.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4096)));
    client.pipe(ssh.stdin);
    // ended below instead, so that whoever sees the connection end finds the reason in place
    ssh.stdout.pipe(client, { end: false });
    ssh.stdin.on('error', () => undefined); // EPIPE when ssh is gone; its exit says why
    client.on('error', () => undefined); // always followed by 'close'
    client.on('close', () => ssh.kill());
    ssh.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code === 'ENOENT' ? 'there is no program ssh on PATH' : error.message;
      client.destroy();
    });
    ssh.on('close', (status) => {
      if (status !== null && status !== 0) failure = lastLine(stderr) ?? `ssh ended with status ${status}`;
      client.end();
    });
  };
  return {
    ...(await startRelay(attach)),
    failure: () => failure,
    answersWithin: hops * (seconds ?? connectTimeout) * 1000 + scaledLimit(restWithin),
  };
}

/** What to do about a failure of ssh. */
export function sshRemedy(failure: string, address: SshAddress): string {
  const { user, host, port } = address;
  const command = `ssh ${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`;
  if (failure.includes('no program ssh')) return 'Install an OpenSSH client.';
  if (failure.includes('Host key verification failed')) return `Run "${command}" once by hand and accept the host key.`;
  if (/permission denied \(/i.test(failure))
    return `Let "${command}" log in without a question: load the key into ssh-agent, or name it in ~/.ssh/config; nobody is asked for a password here.`;
  if (/docker: .*not found|is not a docker command/i.test(failure))
    return `Install the docker command (18.09 or later) on ${host}, on the PATH of non-interactive shells.`;
  if (/docker daemon|dial unix/i.test(failure)) return `Start the engine on ${host}, and let the user of "${command}" use its socket.`;
  return `Run "${command} docker version" by hand until it answers.`;
}

/** How ssh is told to whom to log in. */
function destination({ user, port }: SshAddress): string[] {
  return [...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', String(port)])];
}

function lastLine(text: string): string | undefined {
  return text.trim().split(/\r?\n/).at(-1)?.trim() || undefined;
}
