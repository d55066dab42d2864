import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { CertificateAuthority, cleanUp, engineOnSocket, temporaryDirectory } from '../selftest/fake-engine';
import { discoverEndpoint } from './discover';

const authority = new CertificateAuthority();
const pem = authority.issue('client', 'DNS:client');

let config: string;
let noSocket: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  config = temporaryDirectory();
  noSocket = path.join(config, 'none.sock');
  env = { DOCKER_CONFIG: config };
});
afterAll(cleanUp);

const discover = (variables: NodeJS.ProcessEnv = {}, socket = noSocket): ReturnType<typeof discoverEndpoint> =>
  discoverEndpoint({ ...env, ...variables }, socket);

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function writeMeta(name: string, content: string): void {
  const directory = path.join(config, 'contexts/meta', idOf(name));
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'meta.json'), content);
}

function writeContext(name: string, docker: object): void {
  writeMeta(name, JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }));
}

function writePem(directory: string, ...names: ('ca' | 'cert' | 'key')[]): string {
  mkdirSync(directory, { recursive: true });
  const files = { ca: path.join(authority.directory, 'ca.pem'), ...pem };
  for (const name of names) copyFileSync(files[name], path.join(directory, `${name}.pem`));
  return directory;
}

function userError(message: RegExp, remedy: RegExp): Error {
  return expect.objectContaining({
    name: 'UserError',
    status: 3,
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  }) as unknown as Error;
}

describe('which setting wins', () => {
  beforeEach(() => {
    writeContext('one', { Host: 'unix:///tmp/one.sock', SkipTLSVerify: false });
    writeContext('two', { Host: 'unix:///tmp/two.sock', SkipTLSVerify: false });
    writeFileSync(path.join(config, 'config.json'), '{"currentContext":"two"}');
  });

  it('DOCKER_HOST, over DOCKER_CONTEXT too', async () => {
    await expect(discover({ DOCKER_HOST: 'unix:///tmp/host.sock', DOCKER_CONTEXT: 'one' })).resolves.toEqual({
      kind: 'unix',
      path: '/tmp/host.sock',
      found: 'DOCKER_HOST',
    });
  });

  it('DOCKER_CONTEXT over the current context', async () => {
    await expect(discover({ DOCKER_HOST: '', DOCKER_CONTEXT: 'one' })).resolves.toEqual({
      kind: 'unix',
      path: '/tmp/one.sock',
      found: 'context one',
    });
  });

  it('the current context over the default socket', async () => {
    await expect(discover({ DOCKER_CONTEXT: '' }, await engineOnSocket())).resolves.toMatchObject({
      path: '/tmp/two.sock',
      found: 'context two',
    });
  });

  it('DOCKER_CONTEXT=default over the current context, even when nobody listens', async () => {
    await expect(discover({ DOCKER_CONTEXT: 'default' })).resolves.toEqual({
      kind: 'unix',
      path: noSocket,
      found: 'DOCKER_CONTEXT=default',
    });
  });

  it('a broken config.json does not matter where it is not asked', async () => {
    writeFileSync(path.join(config, 'config.json'), '{');
    await expect(discover({ DOCKER_CONTEXT: 'one' })).resolves.toMatchObject({ found: 'context one' });
    await expect(discover({ DOCKER_HOST: 'engine' })).resolves.toMatchObject({ found: 'DOCKER_HOST' });
  });

  it('~/.docker is read when DOCKER_CONFIG is not set', async () => {
    const home = temporaryDirectory();
    mkdirSync(path.join(home, '.docker'));
    writeFileSync(path.join(home, '.docker/config.json'), '{"currentContext":"at home"}');
    await expect(discoverEndpoint({ HOME: home }, noSocket)).rejects.toThrow(/"at home"/);
  });
});

describe('nothing configured', () => {
  it.each(['', '{}', '{"currentContext":"default"}', '{"currentContext":""}'])(
    'the default socket, with config.json %j',
    async (content) => {
      writeFileSync(path.join(config, 'config.json'), content);
      const socket = await engineOnSocket();
      await expect(discover({}, socket)).resolves.toEqual({ kind: 'unix', path: socket, found: 'default socket' });
    },
  );

  it('nothing, when there is no default socket', async () => {
    await expect(discover({ XDG_RUNTIME_DIR: path.dirname(await engineOnSocket()) })).resolves.toBeUndefined();
  });

  it('nothing, when nobody listens on the default socket', async () => {
    // a process that is killed leaves its socket file behind
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    expect(() => execFileSync(process.execPath, ['-e', script, noSocket])).toThrow();
    await expect(discover()).resolves.toBeUndefined();
  });

  it('an error, when this user may not use the default socket', async () => {
    const socket = await engineOnSocket();
    for (const directory of [config, path.dirname(socket)]) chmodSync(directory, 0o755);
    chmodSync(socket, 0o000);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      await expect(discover({}, socket)).rejects.toEqual(userError(/permission denied/, /usermod -aG docker/));
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

describe('contexts', () => {
  it('leaves the choice of the socket to the client when it has no address', async () => {
    writeContext('empty', {});
    await expect(discover({ DOCKER_CONTEXT: 'empty' })).resolves.toEqual({ kind: 'unix', path: noSocket, found: 'context empty' });
  });

  it('brings its TLS files, and ignores those of the environment', async () => {
    writeContext('secure', { Host: 'tcp://engine:2376', SkipTLSVerify: false });
    const directory = writePem(path.join(config, 'contexts/tls', idOf('secure'), 'docker'), 'ca', 'cert', 'key');
    await expect(discover({ DOCKER_CONTEXT: 'secure', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' })).resolves.toEqual({
      kind: 'tcp',
      host: 'engine',
      port: 2376,
      tls: {
        directory,
        verify: true,
        ca: readFileSync(path.join(directory, 'ca.pem')),
        cert: readFileSync(pem.cert),
        key: readFileSync(pem.key),
      },
      found: 'context secure',
    });
  });

  it('may skip the verification, without any file', async () => {
    writeContext('lax', { Host: 'tcp://engine:2376', SkipTLSVerify: true });
    await expect(discover({ DOCKER_CONTEXT: 'lax' })).resolves.toMatchObject({ tls: { verify: false } });
  });

  it('is plain without files', async () => {
    writeContext('plain', { Host: 'tcp://engine:2375', SkipTLSVerify: false });
    await expect(discover({ DOCKER_CONTEXT: 'plain', DOCKER_TLS_VERIFY: '1' })).resolves.toEqual({
      kind: 'tcp',
      host: 'engine',
      port: 2375,
      found: 'context plain',
    });
  });

  it('is an error when its name is unknown, with the names that are known', async () => {
    writeContext('one', { Host: 'unix:///tmp/one.sock' });
    writeMeta('broken neighbour', '{');
    await expect(discover({ DOCKER_CONTEXT: 'nope' })).rejects.toEqual(
      userError(/DOCKER_CONTEXT names the context "nope", which does not exist/, /default, one\)/),
    );
    writeFileSync(path.join(config, 'config.json'), '{"currentContext":"gone"}');
    await expect(discover()).rejects.toEqual(userError(/config\.json names the context "gone"/, /docker context use/));
  });

  it('is an error when a file of it is broken', async () => {
    writeMeta('torn', '{"Name":');
    await expect(discover({ DOCKER_CONTEXT: 'torn' })).rejects.toEqual(
      userError(/meta\.json is not JSON, or it was cut short/, /docker context update/),
    );
    writeMeta('torn', '{"Name":"torn","Endpoints":{}}');
    await expect(discover({ DOCKER_CONTEXT: 'torn' })).rejects.toEqual(userError(/no Docker endpoint/, /docker context ls/));
    writeContext('windows', { Host: 'npipe:////./pipe/docker_engine' });
    await expect(discover({ DOCKER_CONTEXT: 'windows' })).rejects.toEqual(userError(/context "windows".*Windows only/, /WSL/));
  });

  it('is an error when config.json is broken or no file', async () => {
    writeFileSync(path.join(config, 'config.json'), '{broken');
    await expect(discover()).rejects.toEqual(userError(/config\.json is not JSON, or it was cut short/, /DOCKER_HOST or DOCKER_CONTEXT/));
    env['DOCKER_CONFIG'] = temporaryDirectory();
    mkdirSync(path.join(env['DOCKER_CONFIG'], 'config.json'));
    await expect(discover()).rejects.toEqual(userError(/config\.json is a folder/, /Repair or remove/));
  });
});

describe('TLS by variables', () => {
  it('takes the files of DOCKER_CERT_PATH; any value turns it on', async () => {
    const directory = writePem(path.join(config, 'certs'), 'ca', 'cert', 'key');
    await expect(
      discover({ DOCKER_HOST: 'tcp://engine:2376', DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: directory }),
    ).resolves.toMatchObject({
      tls: { directory, verify: true, key: readFileSync(pem.key) },
    });
  });

  it('takes those of the configuration directory otherwise, and does not verify with DOCKER_TLS alone', async () => {
    writePem(config, 'ca');
    const endpoint = await discover({ DOCKER_HOST: 'tcp://engine:2376', DOCKER_TLS: '1' });
    expect(endpoint).toMatchObject({ tls: { directory: config, verify: false } });
    expect(endpoint).not.toHaveProperty('tls.cert');
  });

  it('means localhost:2376 without DOCKER_HOST', async () => {
    writePem(config, 'ca');
    await expect(discover({ DOCKER_TLS_VERIFY: '1' })).resolves.toMatchObject({
      host: 'localhost',
      port: 2376,
      found: 'DOCKER_TLS_VERIFY',
    });
  });

  it('does not concern sockets', async () => {
    await expect(discover({ DOCKER_HOST: 'unix:///tmp/e.sock', DOCKER_TLS_VERIFY: '1' })).resolves.toEqual({
      kind: 'unix',
      path: '/tmp/e.sock',
      found: 'DOCKER_HOST',
    });
  });

  it.each([
    ['ca.pem is missing', [], /ca\.pem does not exist/, /Set DOCKER_CERT_PATH/],
    ['key.pem is missing', ['ca', 'cert'], /has cert\.pem but no key\.pem/, /Add key\.pem/],
    ['cert.pem is missing', ['ca', 'key'], /has key\.pem but no cert\.pem/, /Add cert\.pem/],
  ] as const)('is an error when %s', async (_, names, message, remedy) => {
    const directory = writePem(path.join(config, 'certs'), ...names);
    const found = discover({ DOCKER_HOST: 'tcp://engine:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: directory });
    await expect(found).rejects.toEqual(userError(message, remedy));
  });

  it.each(['ca.pem', 'cert.pem', 'key.pem'])('is an error when %s is not PEM', async (name) => {
    const directory = writePem(path.join(config, 'certs'), 'ca', 'cert', 'key');
    writeFileSync(path.join(directory, name), 'not PEM');
    const found = discover({ DOCKER_HOST: 'tcp://engine:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: directory });
    await expect(found).rejects.toEqual(userError(/The TLS files in .* cannot be used/, /openssl x509/));
  });
});
