import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { cleanUp, engineAnswers, engineOnSocket, temporaryDirectory } from '../selftest/fake-engine';
import { connect, type Connection, type ConnectOptions } from './connect';
import { parseHost, type Endpoint, type SshAddress } from './endpoint';
import { sshArguments } from './ssh-tunnel';

/*
 * ssh is played by a program of that name on PATH, so nothing here needs OpenSSH. What is not covered for that reason: that
 * OpenSSH understands the arguments, and that its messages read as the ones that are played here.
 */

const endpoint = (text = 'ssh://me@engine:2222'): Endpoint => ({ ...(parseHost(text, 'DOCKER_HOST') as SshAddress), found: 'DOCKER_HOST' });

/** Variables with a PATH on which `ssh` is this program, and nothing else is; and a directory that it may write to. */
function withSsh(program: string): { env: NodeJS.ProcessEnv; directory: string } {
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, 'ssh'), program);
  chmodSync(path.join(directory, 'ssh'), 0o755);
  return { env: { PATH: directory, HERE: directory }, directory };
}

const failing = (message: string, status: number): string => `#!/bin/sh\necho '${message}' >&2\nexit ${status}\n`;

const open: Connection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});
afterAll(cleanUp);

async function connected(options: ConnectOptions): Promise<Connection> {
  const connection = await connect(endpoint(), options);
  open.push(connection);
  return connection;
}

describe('sshArguments', () => {
  const argumentsFor = (text: string): string[] => sshArguments(endpoint(text) as SshAddress, ['ConnectTimeout=2']);

  it('log in as the address says, and never ask', () => {
    expect(argumentsFor('ssh://me@engine:2222')).toEqual([
      ...['-l', 'me', '-p', '2222', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=2', '-T', '--', 'engine'],
      'docker system dial-stdio',
    ]);
    expect(argumentsFor('ssh://[::1]').slice(-2)).toEqual(['::1', 'docker system dial-stdio']);
  });

  it('name the remote socket, quoted for the remote shell where it needs that', () => {
    expect(argumentsFor('ssh://engine/run/user/1/docker.sock').at(-1)).toBe(
      'docker --host=unix:///run/user/1/docker.sock system dial-stdio',
    );
    expect(argumentsFor("ssh://engine/a%20b';reboot").at(-1)).toBe(String.raw`docker '--host=unix:///a b'\'';reboot' system dial-stdio`);
  });
});

describe('an engine behind ssh', () => {
  let ssh: ReturnType<typeof withSsh>;

  beforeAll(async () => {
    const socketPath = await engineOnSocket((incoming, response) => {
      if (incoming.url === '/events?') response.write('{}\n');
      else engineAnswers(incoming, response);
    });
    ssh = withSsh(`#!${process.execPath}
      const { appendFileSync } = require('node:fs');
      appendFileSync(process.env.HERE + '/log', process.argv.slice(2).join(' ') + '\\n');
      const engine = require('node:net').connect({ path: ${JSON.stringify(socketPath)}, allowHalfOpen: true });
      process.stdin.pipe(engine).pipe(process.stdout);
      engine.on('end', () => process.exit());
      process.on('SIGTERM', () => { appendFileSync(process.env.HERE + '/log', 'ended\\n'); process.exit(); });
    `);
  });

  it('is reached through a private socket, by dockerode and by variables', async () => {
    const connection = await connected(ssh);
    const { docker, version, environment, socketPath = '', host } = connection;
    expect(version.Version).toBe('28.5.2');
    expect(host).toBe('engine');
    expect(environment).toEqual({ DOCKER_HOST: `unix://${socketPath}` });
    expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700);
    await expect(docker.info()).resolves.toEqual({ url: '/info' });
    expect(readFileSync(path.join(ssh.directory, 'log'), 'utf8')).toContain('-- engine docker system dial-stdio\n');
    await connection.close();
    expect(existsSync(path.dirname(socketPath))).toBe(false);
  });

  it('leaves no ssh behind when it is closed in the middle of a stream', async () => {
    const connection = await connected(ssh);
    const events = await connection.docker.getEvents();
    const ended = new Promise((resolve) => events.once('error', resolve).once('close', resolve));
    events.resume();
    await connection.close();
    await ended;
    const log = (): string => readFileSync(path.join(ssh.directory, 'log'), 'utf8');
    for (let looks = 0; looks < 100 && !log().includes('ended'); looks++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(log()).toContain('ended');
  });
});

describe('ssh that fails', () => {
  it.each([
    ['me@engine: Permission denied (publickey).', 255, /ssh-agent/],
    ['Host key verification failed.', 255, /accept the host key/],
    ['sh: 1: docker: not found', 127, /Install the docker command/],
    ['bash: line 1: docker: command not found', 127, /Install the docker command/],
    [
      'failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: no such file or directory',
      1,
      /Start the engine on engine/,
    ],
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', 1, /Start the engine on engine/],
    ['ssh: connect to host engine port 2222: Connection refused', 255, /ssh -p 2222 me@engine docker version/],
  ])('%s', async (message, status, remedy) => {
    await expect(connect(endpoint(), withSsh(failing(message, status)))).rejects.toEqual(
      expect.objectContaining({
        name: 'UserError',
        status: 3,
        message: `The engine at ssh://me@engine:2222 (DOCKER_HOST) cannot be reached over ssh: ${message.replace(/\.$/, '')}.`,
        remedy: expect.stringMatching(remedy),
      }),
    );
  });

  it('without a word', async () => {
    await expect(connect(endpoint(), withSsh('#!/bin/sh\nexit 3\n'))).rejects.toThrow(/ssh ended with status 3/);
  });

  it('because it does not exist', async () => {
    await expect(connect(endpoint(), { env: { PATH: temporaryDirectory() } })).rejects.toEqual(
      expect.objectContaining({ message: expect.stringContaining('no program ssh on PATH'), remedy: 'Install an OpenSSH client.' }),
    );
  });

  it('because it says nothing for too long', async () => {
    const silent = withSsh(`#!${process.execPath}\nprocess.stdin.resume();`);
    await expect(connect(endpoint(), { ...silent, timeout: 200 })).rejects.toThrow(
      /ssh:\/\/me@engine:2222 \(DOCKER_HOST\) did not answer within 0\.2 s/,
    );
  });

  it('because what answers on the other side is no engine', async () => {
    const page = withSsh(`#!/bin/sh\nprintf 'HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n'\n`);
    await expect(connect(endpoint(), page)).rejects.toThrow(/not a Docker API: GET \/_ping was answered with HTTP 404/);
  });
});
