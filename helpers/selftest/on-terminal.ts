import { spawn, type ChildProcess } from 'node:child_process';
import { ownSurroundings } from './command-line';

/** A program on a pseudo-terminal, which script(1) of util-linux makes. */
export class OnTerminal {
  /** all that it wrote */
  shown = '';
  private seen = 0;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(argv: readonly string[], { cwd, columns = 80 }: { cwd: string; columns?: number }) {
    const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const env = { ...process.env, ...ownSurroundings };
    this.child = spawn('script', ['--quiet', '--return', '--command', `stty columns ${columns} rows 50; exec ${quoted}`, '/dev/null'], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.shown += text));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /**
   * Waits until the program has written something that it had not when this was last called.
   * @throws Error where it ends without
   */
  async shows(text: string): Promise<void> {
    const end = this.ended.then(() => 'end');
    while (!this.shown.includes(text, this.seen)) {
      const more = new Promise((resolve) => this.child.stdout?.once('data', resolve));
      if ((await Promise.race([end, more])) === 'end') throw new Error(`it ended without "${text}":\n${this.shown.slice(this.seen)}`);
    }
    this.seen = this.shown.indexOf(text, this.seen) + text.length;
  }

  /** Types. */
  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Waits for its end, which is made where it does not come by itself. */
  async end(): Promise<void> {
    this.child.stdin?.end();
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(patience);
  }
}
