import { runCommand } from './run-command';
import { ProbeBroken } from '../world/vantage-point';

/** A docker command-line client that talks to the engine under test. */
export class DockerCli {
  constructor(
    /** command prefix, e.g. `docker`, or the client inside a lab */
    private readonly prefix: readonly string[],
  ) {}

  /**
   * What `docker …` prints on its standard output.
   * @throws ProbeBroken when the client fails, because then it is not known what the engine would have said.
   */
  async docker(...args: string[]): Promise<string> {
    const result = await runCommand([...this.prefix, ...args], { kind: 'cli', where: 'docker', argv: ['docker', ...args] });
    if (result.exitCode !== 0)
      throw new ProbeBroken(`docker ${args.join(' ')} ended with status ${result.exitCode}: ${result.stderr.trim()}`);
    return result.stdout;
  }
}
