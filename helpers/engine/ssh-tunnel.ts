import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

import type { SshAddress } from './endpoint';
import { startRelay, type Relay } from './relay';

/** A relay whose connections run over ssh. */
export interface SshTunnel extends Relay {
  /** what went wrong on the latest connection that ended badly: the last line of stderr, or why ssh did not start */
  failure(): string | undefined;
}

export interface SshOptions {
  /** variables for ssh; PATH is where it is looked for */
  env?: NodeJS.ProcessEnv;
  /** milliseconds for making the TCP connection; ssh counts in seconds, so it is rounded up */
  connectTimeout?: number;
}

/**
 * The arguments of ssh, as the Docker CLI gives them (docker/cli, cli/connhelper/connhelper.go): the remote `docker system
 * dial-stdio` joins its input and output to its engine's socket. Unlike the CLI, with BatchMode: a question for a password
 * or for an unknown host key is a failure, not a run that hangs.
 */
export function sshArguments(address: SshAddress, connectTimeout: number): string[] {
  const docker = address.remoteSocket === undefined ? 'docker' : `docker ${shellQuoted(`--host=unix://${address.remoteSocket}`)}`;
  return [
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    '-o',
    'BatchMode=yes',
    '-o',
    `ConnectTimeout=${Math.ceil(connectTimeout / 1000)}`,
    '-T',
    '--',
    address.host,
    `${docker} system dial-stdio`,
  ];
}

/**
 * A local socket, each connection to which is one `ssh ... docker system dial-stdio`. Nothing is connected yet when this
 * returns.
 */
export async function openSshTunnel(address: SshAddress, { env = process.env, connectTimeout = 5000 }: SshOptions = {}): Promise<SshTunnel> {
  let failure: string | undefined;
  const args = sshArguments(address, connectTimeout);

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
  return { ...(await startRelay(attach)), failure: () => failure };
}

/** What to do about a failure of ssh. */
export function sshRemedy(failure: string, address: SshAddress): string {
  const { user, host, port } = address;
  const command = `ssh ${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`;
  if (failure.includes('no program ssh')) return 'Install an OpenSSH client.';
  if (failure.includes('Host key verification failed')) return `Run "${command}" once by hand and accept the host key.`;
  if (/permission denied \(/i.test(failure)) return `Let "${command}" log in without a question: load the key into ssh-agent, or name it in ~/.ssh/config; nobody is asked for a password here.`;
  if (/docker: .*not found|is not a docker command/i.test(failure)) return `Install the docker command (18.09 or later) on ${host}, on the PATH of non-interactive shells.`;
  if (/docker daemon|dial unix/i.test(failure)) return `Start the engine on ${host}, and let the user of "${command}" use its socket.`;
  return `Run "${command} docker version" by hand until it answers.`;
}

function lastLine(text: string): string | undefined {
  return text.trim().split(/\r?\n/).at(-1)?.trim() || undefined;
}

/** ssh hands the command to a shell on the other side. */
function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
