import path from 'node:path';
import { startLab } from '../lab';
import type { PreparedLab } from '../lab';
import { launch } from '../lab/launch';
import { run } from '../base/process';
import { readResults } from '../results/results-file';
import { projectRoot } from '../base/project';
import { UserError } from '../base/user-error';
import { duration, type Contender } from './measure';
import type { RunningEngine } from './running-engine';

/** Everything that is measured: the suite on an engine that is up, what it is compared with, and labs. */
export type ContenderId = 'suite' | 'script' | 'bare-calls' | 'suite-with-helper' | 'suite-with-lab' | 'lab' | 'bare-daemon';

/** Milliseconds after which a contender is given up. */
const timeLimit = 300_000;

/** The contenders, and the claims that the script and the suite judged in their last turns. */
export class Contenders {
  private scriptOutput = '';

  constructor(
    private readonly engine: RunningEngine,
    private readonly prepared: PreparedLab,
    /** where the suite writes its reports */
    private readonly directory: string,
  ) {}

  all(): Contender<ContenderId>[] {
    const { engine, prepared } = this;
    const { dockerHost } = engine;
    const suite = this.npmTest();
    return [
      { id: 'suite', title: 'npm test, engine up', measure: () => timed(engine.onItsHost(suite), dockerHost) },
      { id: 'script', title: 'shell script, engine up', measure: () => this.script() },
      { id: 'bare-calls', title: 'bare API calls, engine up', measure: () => this.bareCalls() },
      { id: 'suite-with-helper', title: 'npm test, engine up, its host elsewhere', measure: () => timed(suite, dockerHost) },
      { id: 'suite-with-lab', title: 'npm test with a lab', measure: () => timed([...suite, '--engine', prepared.engineId], undefined) },
      { id: 'lab', title: 'lab until it answers', measure: () => this.lab() },
      { id: 'bare-daemon', title: 'bare daemon until it answers', measure: () => this.bareDaemon() },
    ];
  }

  /** Ids of the claims that the script found to hold. */
  judgedByScript(): string[] {
    return this.scriptOutput.split('\n').flatMap((line) => (line.startsWith('ok ') ? [line.slice(3)] : []));
  }

  /** Ids of the claims that the suite found to hold. */
  judgedBySuite(): string[] {
    const { claims } = readResults(this.resultsFile);
    return claims.filter(({ verdict }) => verdict === 'conforms').map(({ id }) => id);
  }

  private get resultsFile(): string {
    return path.join(this.directory, 'results.json');
  }

  private npmTest(): string[] {
    return [
      'npm',
      '--prefix',
      projectRoot,
      'test',
      '--',
      '--area',
      'document',
      '--json',
      this.resultsFile,
      '--junit',
      path.join(this.directory, 'junit.xml'),
    ];
  }

  private script(): Promise<number> {
    const { onItsHost, dockerHost } = this.engine;
    return duration(async () => (this.scriptOutput = await output(onItsHost(['bash', path.join(__dirname, 'document.sh')]), dockerHost)));
  }

  /** The program measures itself: the start of Node is no call to an engine. */
  private async bareCalls(): Promise<number> {
    const program = ['--require', path.join(projectRoot, 'helpers', 'loader', 'typescript.cjs'), path.join(__dirname, 'bare-api.ts')];
    return Number(await output(this.engine.onItsHost([process.execPath, ...program]), this.engine.dockerHost));
  }

  private async lab(): Promise<number> {
    const startedAt = performance.now();
    const lab = await startLab(this.prepared, { runId: 'bench' });
    const milliseconds = performance.now() - startedAt;
    await lab.stop();
    return milliseconds;
  }

  /** Nothing but the daemon, in namespaces of its own so that it meets no other, on an empty data root. */
  private async bareDaemon(): Promise<number> {
    const { engine, engineId, root } = this.prepared;
    const startedAt = performance.now();
    const daemon = await launch({ engine, engineId, root });
    const milliseconds = performance.now() - startedAt;
    await daemon.end('SIGKILL');
    return milliseconds;
  }
}

function timed(argv: readonly string[], dockerHost: string | undefined): Promise<number> {
  return duration(() => output(argv, dockerHost));
}

/** What a contender prints. It must succeed: the time of a failure says nothing. */
async function output(argv: readonly string[], dockerHost: string | undefined): Promise<string> {
  const env = { DOCKER_HOST: dockerHost, DOCKER_CONTEXT: undefined, GITHUB_ACTIONS: undefined, HOST_PREFIX: undefined };
  const { exitCode, stdout, stderr } = await run(argv, { env, timeout: timeLimit });
  if (exitCode === 0) return stdout;
  const lastWords = `${stdout}\n${stderr}`.trim().split('\n').slice(-60).join('\n');
  throw new UserError(`${argv.join(' ')} ended with status ${exitCode}:\n${lastWords}`, 'Make it pass by itself; then measure.');
}
