import { PassThrough, type Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type Dockerode from 'dockerode';
import type { CommandResult } from '../world/vantage-point';

/** What becomes of the container when whoever asked it is gone. */
type AtTheEnd = 'ends' | 'stays';

/**
 * The main process of a helper container that runs commands for its standard input, some at once, each in an instant
 * where an exec of the engine's takes the time of a start. It first prints what `first` prints, on one line.
 * A request is a number and the words in base64. An answer is some lines, each short enough to be written at once: the number
 * and a part of either output in base64, and at last the number and the status.
 * @param first shell command
 * @param lifetime seconds after which it ends by itself, whatever has become of who asks it
 */
export function servingShell(first: string, { lifetime, atTheEnd }: { lifetime: number; atTheEnd: AtTheEnd }): string[] {
  const script = `
export LC_ALL=C
for tool in base64 mktemp; do command -v $tool >/dev/null || eval "$tool() { busybox $tool \\"\\$@\\"; }"; done
folder=$(mktemp -d) && encoded=$(printf ready | base64 -w 0) && ready=1 || ready=0
echo $ready $(${first})
if [ $ready = 0 ]; then exec sleep ${lifetime}; fi
sleep ${lifetime} </dev/null >/dev/null 2>&1 & timer=$!
tell() {
  [ -s "$folder/$1.$2" ] || return 0
  whole=$(base64 -w 0 "$folder/$1.$2")
  if [ \${#whole} -le 3000 ]; then printf '%s %s%s\\n' "$1" "$2" "$whole"; return; fi
  base64 -w 3000 "$folder/$1.$2" | while read -r part || [ "$part" ]; do printf '%s %s%s\\n' "$1" "$2" "$part"; done
}
while read -r n words; do
  {
    eval "set -- $(printf %s "$words" | base64 -d)"
    (exec "$@") >"$folder/$n.o" 2>"$folder/$n.e" </dev/null
    status=$?
    tell "$n" o
    tell "$n" e
    rm -f "$folder/$n."*
    printf '%s =%s\n' "$n" "$status"
  } &
done
${atTheEnd === 'ends' ? 'kill $timer' : 'wait $timer'}
rm -rf "$folder"`;
  return ['sh', '-c', script];
}

/** How a container of {@link servingShell} has to be made, so that somebody can ask it. */
export const servedByAttach = { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true } as const;

/** Those who ask in a {@link servingShell}. */
export class ShellInContainer {
  /** what the shell printed first */
  readonly first: Promise<string>;
  private readonly waiting = new Map<string, { o: string[]; e: string[]; resolve: (result: CommandResult | undefined) => void }>();
  private asked = 0;
  private open = true;

  /**
   * @param input where requests go
   * @param output what the shell prints
   */
  constructor(
    private readonly input: NodeJS.WritableStream,
    output: Readable,
  ) {
    const lines = createInterface({ input: output, crlfDelay: Infinity });
    this.first = new Promise((resolve) => {
      lines.once('line', (line) => {
        // without the programs that it needs, it serves nobody
        if (!line.startsWith('1')) this.close();
        resolve(line.replace(/^[01] ?/, ''));
      });
      lines.once('close', () => resolve(''));
    });
    lines.on('line', (line) => this.hear(line));
    lines.once('close', () => this.close());
    input.on('error', () => this.close());
  }

  /**
   * Runs a command.
   * @returns undefined where the shell answers no more, so that it is not known what became of the command
   */
  run(argv: readonly string[]): Promise<CommandResult | undefined> {
    if (!this.open) return Promise.resolve(undefined);
    const id = `${(this.asked += 1)}`;
    return new Promise((resolve) => {
      this.waiting.set(id, { o: [], e: [], resolve });
      const words = argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
      this.input.write(`${id} ${Buffer.from(words).toString('base64')}\n`);
    });
  }

  /** Ends it: no command is run any more. */
  close(): void {
    this.open = false;
    this.input.end();
    for (const { resolve } of this.waiting.values()) resolve(undefined);
    this.waiting.clear();
  }

  private hear(line: string): void {
    const [, id = '', kind, told = ''] = /^(\d+) ([oe=])([A-Za-z0-9+/=]*)$/.exec(line) ?? [];
    const answer = this.waiting.get(id);
    if (!answer) return;
    if (kind === 'o' || kind === 'e') {
      answer[kind].push(told);
      return;
    }
    this.waiting.delete(id);
    const text = (parts: readonly string[]) => Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))).toString('utf8');
    answer.resolve({ exitCode: Number(told), stdout: text(answer.o), stderr: text(answer.e) });
  }
}

/** Shells by the ids of the containers that they run in. */
const shells = new Map<string, ShellInContainer>();

/** The shell that commands in a container can be given to; undefined where there is none. */
export const shellIn = (containerId: string): ShellInContainer | undefined => shells.get(containerId);

/**
 * Starts a container that was made of {@link servingShell}, and takes its commands there from now on.
 * @returns what the shell printed first
 */
export async function startShell(docker: Dockerode, container: Dockerode.Container): Promise<string> {
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, new PassThrough().resume());
  for (const event of ['end', 'close', 'error']) stream.once(event, () => output.end());
  const shell = new ShellInContainer(stream, output);
  await container.start();
  const first = await shell.first;
  shells.set(container.id, shell);
  return first;
}

/** Shells that are processes of this machine. */
const started = new Set<ShellInContainer>();

/** Has a shell that is a process of this machine end with the others. */
export function endsWithOthers(shell: ShellInContainer): void {
  started.add(shell);
}

/** Ends the shells of this process, and with them what was made to end so. */
export function closeShells(): void {
  for (const shell of [...shells.values(), ...started]) shell.close();
  shells.clear();
  started.clear();
}
