import type { EventEmitter } from 'node:events';

type Listener = (...args: unknown[]) => void;
type Listeners = ReadonlyMap<string, readonly Listener[]>;

/** The events of a process that Jest listens to, and nobody else, while a file runs. */
const events = ['uncaughtException', 'unhandledRejection', 'rejectionHandled'];

/**
 * Who listens to the errors of a process in which several files run at a time. For each file Jest takes the place of all
 * listeners, and brings back those that it found: with another file beside it, that one's, also when it has ended.
 */
export class ErrorListeners {
  /** those of the time without a file */
  private outside: Listeners = new Map();
  private readonly running = new Map<object, Listeners>();

  constructor(private readonly emitter: Pick<EventEmitter, 'rawListeners' | 'removeAllListeners' | 'on'>) {}

  /** To be called before Jest sets a file up. */
  beforeFile(): void {
    if (this.running.size === 0) this.outside = this.current();
  }

  /** To be called when Jest listens for a file. */
  fileBegan(file: object): void {
    this.running.set(file, this.current());
  }

  /** To be called when Jest has brought back what it found. */
  fileEnded(file: object): void {
    this.running.delete(file);
    const due = [...this.running.values()].at(-1) ?? this.outside;
    for (const event of events) {
      this.emitter.removeAllListeners(event);
      for (const listener of due.get(event) ?? []) this.emitter.on(event, listener);
    }
  }

  private current(): Listeners {
    return new Map(events.map((event) => [event, this.emitter.rawListeners(event) as Listener[]]));
  }
}
