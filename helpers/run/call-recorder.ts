import path from 'node:path';
import type { Lab } from '../lab';
import { writeFileAtomically } from '../base/write-file';
import { recordingProxy, type RecordingProxy } from './recording-proxy';

/** Writes down every call that the suite makes to its lab. */
export class CallRecorder {
  /** the last part of the socket's path */
  readonly socketName = 'recorded.sock';
  private proxy: RecordingProxy | undefined;

  constructor(private readonly file: string) {}

  /** @returns path of the socket at which the suite finds its engine */
  async join(lab: Lab): Promise<string> {
    const socketPath = path.join(path.dirname(lab.socketPath), this.socketName);
    this.proxy = await recordingProxy(lab.socketPath, socketPath);
    return socketPath;
  }

  /** Nobody asks the engine any more: writes the file. */
  close(): void {
    if (!this.proxy) return;
    const calls = this.proxy.calls();
    this.proxy.close();
    this.proxy = undefined;
    // the claims begin with the first thing that is made, and what the run asks before that is not theirs
    const first = calls.findIndex(({ method, path: asked }) => method === 'POST' && asked.includes('/create'));
    writeFileAtomically(this.file, JSON.stringify(calls.slice(Math.max(0, first))));
  }
}
