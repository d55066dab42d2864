import { existsSync } from 'node:fs';
import path from 'node:path';
import type Dockerode from 'dockerode';
import { run } from '../base/process';
import { plain } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { labels } from '../run/compose-labels';
import type { DeclaredCompose } from './declared';

/** Lines of what compose says that are told where it fails: the last ones say why. */
const mostLines = 12;

/** Milliseconds that a project may take to go. */
const downLimit = 120_000;

/** Docker Compose, as the user has it. */
export class ComposeProgram {
  private constructor(
    private readonly argv: readonly string[],
    private readonly env: Record<string, string>,
  ) {}

  /**
   * Finds it: as a plugin of the docker client, else as a program of its own.
   * @param engine address or context that was named, which it is told as well
   * @throws UserError where there is none
   */
  static async find(engine: string | undefined, file: string): Promise<ComposeProgram> {
    const env: Record<string, string> = engine === undefined ? {} : { [engine.includes('://') ? 'DOCKER_HOST' : 'DOCKER_CONTEXT']: engine };
    for (const argv of [['docker', 'compose'], ['docker-compose']]) {
      const { exitCode } = await run([...argv, 'version'], { env });
      if (exitCode === 0) return new ComposeProgram(argv, env);
    }
    throw new UserError(
      `${shown(file)} cannot be brought up: there is no Docker Compose here (neither "docker compose version" nor docker-compose works).`,
      'Install the compose plugin (docs.docker.com/compose/install), or start the containers yourself and name them with project() or container().',
      exitStatus.failed,
    );
  }

  /** Brings a project up, and waits until all of it runs and is healthy. @throws UserError with what compose says where that fails */
  async up(it: DeclaredCompose): Promise<void> {
    const words = ['up', '--detach', '--wait', '--wait-timeout', `${it.timeout}`];
    // a build, or a pull, comes before that
    const { exitCode, stdout, stderr } = await this.say(it, words, it.timeout * 1000 + 600_000);
    if (exitCode === 0) return;
    const said = plain(`${stdout}\n${stderr}`).trim().split('\n').filter(Boolean).slice(-mostLines).join('\n  ');
    throw new UserError(
      `${shown(it.file)} was not brought up: docker compose up ended with status ${exitCode}.\n  ${said}`,
      'Bring it up by hand, see what it says, and mend that first: docker compose --file FILE up',
      exitStatus.failed,
    );
  }

  /** Takes a project down, with all that it made, and nothing else: a volume that was there before has another project's label. */
  async down(it: DeclaredCompose, docker: Dockerode | undefined): Promise<string | undefined> {
    const { exitCode, stderr } = await this.say(it, ['down', '--remove-orphans', '--rmi', 'local', '--timeout', '5'], downLimit);
    if (docker) {
      const { Volumes } = await docker.listVolumes({ filters: { label: [`${labels.project}=${it.project}`] } });
      const own = ((Volumes as typeof Volumes | null) ?? []).filter(({ Labels }) => Labels[labels.project] === it.project);
      await Promise.all(
        own.map(({ Name }) =>
          docker
            .getVolume(Name)
            .remove()
            .catch(() => undefined),
        ),
      );
    }
    return exitCode === 0 ? undefined : `the compose project ${it.project}: ${plain(stderr).trim().split('\n').at(-1) ?? ''}`;
  }

  private say({ file, project, profiles }: DeclaredCompose, words: readonly string[], timeout: number) {
    const chosen = profiles.flatMap((it) => ['--profile', it]);
    return run([...this.argv, '--file', file, '--project-name', project, ...chosen, ...words], { env: this.env, timeout });
  }
}

/** @throws UserError for a file that is not there */
export function mustBeThere({ file }: DeclaredCompose): void {
  if (!existsSync(file))
    throw new UserError(`There is no ${shown(file)}.`, 'compose() takes a path from the folder of the spec.', exitStatus.usage);
}

const shown = (file: string): string => path.relative(process.cwd(), file);
