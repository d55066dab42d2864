import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { note } from '../../base/output';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import { createServer as createTlsServer } from 'node:tls';
import path from 'node:path';
import { prepareLab, startLab, type Lab } from '../../lab';
import { brokenLab, labTimeLimit, runTimeLimit } from '../broken-lab';
import { commandLine, type CommandOptions } from '../command-line';
import { CertificateAuthority, cleanUp, engineOnPort, listening, temporaryDirectory } from '../fake-engine';

/* Each way on which Docker's own rules lead to an engine, with a real one at its end. ssh has a test of its own. */

/** Claims whose calls go through testcontainers, through docker's own client, and as they are written. */
const claims = ['bridge.default.names-are-unknown', 'bridge.default.peers-reach-each-other', 'models.builtin.names-are-reserved'];

/** Judges a claim that wants containers, which testcontainers starts, and says what became of it. */
async function judged(
  env: CommandOptions['env'],
  options: { through?: readonly string[]; args?: readonly string[] } = {},
): Promise<{ status: number; conforming: string[]; reachedBy: string }> {
  const { args = [], ...rest } = options;
  const ended = await commandLine(['run', '--claim', ...claims, ...args], { env: { ...env }, timeout: runTimeLimit, ...rest });
  const { reachedBy } = ended.results().engine;
  return { status: ended.status, conforming: ended.with('conforms'), reachedBy: [...ended.unjudged(), reachedBy].join('; ') };
}

const well = (how: RegExp, conforming = claims) => ({ status: 0, conforming, reachedBy: expect.stringMatching(how) as unknown });

/** A listener, each connection to which is one to the engine of a lab. */
const leadingTo = (lab: Lab | undefined) => (client: NodeJS.ReadWriteStream & { destroy(): void }) => {
  const engine = connect({ path: lab?.socketPath ?? '', allowHalfOpen: true });
  client.pipe(engine).pipe(client);
  client.on('error', () => engine.destroy()).on('close', () => engine.destroy());
  engine.on('error', () => client.destroy());
};

/** A configuration folder with one context. */
function withContext(endpoint: object, tls?: string, current?: string): string {
  const folder = temporaryDirectory();
  const id = createHash('sha256').update('mine').digest('hex');
  for (const part of ['meta', 'tls'])
    mkdirSync(path.join(folder, 'contexts', part, id, part === 'tls' ? 'docker' : ''), { recursive: true });
  writeFileSync(
    path.join(folder, 'contexts/meta', id, 'meta.json'),
    JSON.stringify({ Name: 'mine', Metadata: {}, Endpoints: { docker: endpoint } }),
  );
  if (tls !== undefined)
    for (const name of ['ca.pem', 'cert.pem', 'key.pem'])
      copyFileSync(path.join(tls, name), path.join(folder, 'contexts/tls', id, 'docker', name));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(current === undefined ? {} : { currentContext: current }));
  return folder;
}

describe('a real engine is judged', () => {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await brokenLab();
  }, labTimeLimit);
  afterAll(async () => {
    cleanUp();
    await lab?.stop();
  });

  /** Starts the program where /run/docker.sock, and so the default socket, is the lab's. */
  const withDefaultSocket = () => [
    'unshare',
    '--mount',
    'sh',
    '-euc',
    'mount -t tmpfs tmpfs /run; ln -s "$0" /run/docker.sock; exec "$@"',
    lab?.socketPath ?? '',
  ];

  it(
    'at the default socket',
    async () => {
      expect(await judged({ DOCKER_CONFIG: temporaryDirectory() }, { through: withDefaultSocket() })).toEqual(
        well(/^default socket, unix:\/\/\/var\/run\/docker\.sock/),
      );
    },
    runTimeLimit,
  );

  it(
    'by the context called default, whatever config.json says',
    async () => {
      const folder = withContext({ Host: 'tcp://127.0.0.1:9' }, undefined, 'mine');
      expect(await judged({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'default' }, { through: withDefaultSocket() })).toEqual(
        well(/^DOCKER_CONTEXT=default, unix:/),
      );
    },
    runTimeLimit,
  );

  it(
    'by a named context',
    async () => {
      expect(await judged({ DOCKER_CONFIG: withContext({ Host: `unix://${lab?.socketPath}` }, undefined, 'mine') })).toEqual(
        well(/^context mine, unix:/),
      );
    },
    runTimeLimit,
  );

  it(
    'by a named context with TLS files',
    async () => {
      const authority = new CertificateAuthority();
      const [server, client] = [authority.issue('server', 'DNS:localhost,IP:127.0.0.1'), authority.issue('client', 'DNS:client')];
      const files = temporaryDirectory();
      copyFileSync(path.join(authority.directory, 'ca.pem'), path.join(files, 'ca.pem'));
      for (const name of ['cert', 'key'] as const) copyFileSync(client[name], path.join(files, `${name}.pem`));
      const tls = {
        key: readFileSync(server.key),
        cert: readFileSync(server.cert),
        ca: readFileSync(path.join(files, 'ca.pem')),
        requestCert: true,
        allowHalfOpen: true,
      };
      const port = await listening(createTlsServer(tls, leadingTo(lab)));
      const env = { DOCKER_CONFIG: withContext({ Host: `tcp://localhost:${port}`, SkipTLSVerify: false }, files), DOCKER_CONTEXT: 'mine' };
      expect(await judged(env)).toEqual(well(/^context mine, tcp:\/\/localhost:/));
    },
    runTimeLimit,
  );

  it(
    'over verified TLS, which raw calls to the API take as well as the client of testcontainers',
    async () => {
      const authority = new CertificateAuthority();
      const [server, client] = [authority.issue('server', 'DNS:localhost'), authority.issue('client', 'DNS:client')];
      const files = temporaryDirectory();
      copyFileSync(path.join(authority.directory, 'ca.pem'), path.join(files, 'ca.pem'));
      for (const name of ['cert', 'key'] as const) copyFileSync(client[name], path.join(files, `${name}.pem`));
      const tls = {
        key: readFileSync(server.key),
        cert: readFileSync(server.cert),
        ca: readFileSync(path.join(files, 'ca.pem')),
        requestCert: true,
        allowHalfOpen: true,
      };
      const port = await listening(createTlsServer(tls, leadingTo(lab)));
      const env = { DOCKER_HOST: `tcp://localhost:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: files };
      const ended = await commandLine(['run', '--claim', 'bridge.default', 'models', 'dns.transport'], { env, timeout: runTimeLimit });
      expect(ended.unjudged().filter((line) => / error: /.test(line))).toEqual([]);
      for (const area of ['models', 'dns', 'document'])
        expect(ended.results().claims.filter((claim) => claim.area === area && claim.verdict === 'conforms').length).toBeGreaterThan(2);
    },
    runTimeLimit,
  );

  it(
    "over tcp without TLS, although testcontainers' own file names another engine",
    async () => {
      const port = await listening(createServer({ allowHalfOpen: true }, leadingTo(lab)));
      const home = temporaryDirectory();
      writeFileSync(path.join(home, '.testcontainers.properties'), `tc.host=tcp://127.0.0.1:${await engineOnPort()}\n`);
      const XDG_CACHE_HOME = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
      expect(await judged({ DOCKER_HOST: `tcp://127.0.0.1:${port}`, HOME: home, XDG_CACHE_HOME })).toEqual(
        well(/^DOCKER_HOST, tcp:\/\/127\.0\.0\.1:/),
      );
    },
    runTimeLimit,
  );

  it.each(['a blank', 'a "quote"', 'a #, a ? and a %20'])(
    'where the temporary folder has %s in its name',
    async (name) => {
      const [runtime, temporary] = [temporaryDirectory(), path.join(temporaryDirectory(), name)];
      mkdirSync(temporary);
      const socket = path.join(temporary, 'docker.sock');
      await listening(createServer({ allowHalfOpen: true }, leadingTo(lab)), socket);
      expect(await judged({ DOCKER_HOST: `unix://${socket}`, TMPDIR: temporary, XDG_RUNTIME_DIR: runtime })).toEqual(
        well(/^DOCKER_HOST, unix:/),
      );
    },
    runTimeLimit,
  );

  it(
    'in a lab whose folder has a blank and a quote in its name',
    async () => {
      const temporary = path.join(temporaryDirectory(), 'a "b c');
      mkdirSync(temporary);
      expect(await judged({ TMPDIR: temporary }, { args: ['--engine', 'docker-28'] })).toEqual(well(/^a lab of this run/));
    },
    runTimeLimit,
  );
});

describe('a rootless engine is judged', () => {
  let lab: Lab | undefined;
  afterAll(async () => {
    cleanUp();
    await lab?.stop();
  });

  it.each([
    ['docker-28+rootless', 'docker.sock', claims],
    // which names are reserved is another matter there
    ['podman-5.8', 'podman/podman.sock', claims.filter((id) => !id.startsWith('models.'))],
  ])(
    '%s at $XDG_RUNTIME_DIR/%s',
    async (engine, socket, conforming) => {
      await lab?.stop();
      lab = await startLab(await prepareLab(engine, note), { runId: 'selftest' });
      const runtime = temporaryDirectory();
      mkdirSync(path.dirname(path.join(runtime, socket)), { recursive: true });
      await listening(createServer({ allowHalfOpen: true }, leadingTo(lab)), path.join(runtime, socket));
      expect(await judged({ DOCKER_HOST: `unix://${runtime}/${socket}`, XDG_RUNTIME_DIR: runtime })).toEqual(
        well(/^DOCKER_HOST, unix:/, conforming),
      );
    },
    labTimeLimit + runTimeLimit,
  );
});
