import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** One line that qemu's monitor writes: an answer to the last command, or an event. */
interface Line {
  return?: unknown;
  error?: { desc: string };
}

/** Commands to an emulator, one after another. */
export interface Monitor {
  /** @throws Error with the emulator's words where it refuses, or is gone */
  ask(execute: string, args?: Record<string, unknown>): Promise<unknown>;
  close(): void;
}

/** Opens the monitor of an emulator (QMP, qemu.org/docs/master/interop/qmp-spec.html) that listens on a socket. */
export async function openMonitor(socketPath: string): Promise<Monitor> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const ask: Monitor['ask'] = async (execute, args = {}) => {
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the emulator ended before it answered ${execute}`);
      const line = JSON.parse(next.value) as Line;
      if (line.error) throw new Error(`the emulator refuses ${execute}: ${line.error.desc}`);
      if ('return' in line) return line.return;
    }
  };
  await ask('qmp_capabilities');
  return { ask, close: () => socket.destroy() };
}
