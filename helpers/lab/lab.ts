import type { EngineRecipe } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';
import type { KernelParts } from './kernel-parts';
import type { KernelTemplate } from './kernel-machine';
import type { ImageArchive } from './nginx-archive';

/** Whether something can be had on this machine. */
export interface State {
  /** 'ready': in the cache; 'buildable': nothing is known to keep it from being prepared */
  readonly state: 'ready' | 'buildable' | 'unavailable';
  /** why it is unavailable */
  readonly reason?: string;
  /** what would make it available */
  readonly remedy?: string;
}

/** Everything on disk that a lab is started from. */
export interface PreparedLab {
  /** with its mode, if it has one */
  readonly engineId: string;
  readonly engine: EngineRecipe;
  readonly mode?: EngineMode;
  readonly root: string;
  /** what its data root starts as; a lab with a kernel of its own has that in the memory which it copies */
  readonly template?: string;
  readonly image: ImageArchive;
  /** where it has a kernel of its own */
  readonly kernel?: PreparedKernel;
}

/** A machine with a kernel of its own on disk, with an engine. */
export interface PreparedKernel {
  readonly parts: KernelParts;
  readonly template: KernelTemplate;
  /** how many times as long things take there as in other labs */
  readonly slowness: number;
}

/** What one lab is started with. */
export interface LabOptions {
  /** the run that it belongs to; the lab's log begins with it */
  readonly runId: string;
  /** further arguments of the daemon */
  readonly daemonArgs?: readonly string[];
  /** whether it outlives its daemon, so that the daemon can be stopped and started again */
  readonly restartable?: boolean;
}

/** An engine of the suite's own, in namespaces of its own, without an uplink. */
export interface Lab {
  /** with its mode, if it has one */
  readonly engineId: string;
  readonly kind: EngineRecipe['kind'];
  /** how it differs from a lab of this engine without a mode, on the kernel of this machine */
  readonly mode?: Pick<EngineMode, 'id' | 'title'>;
  readonly runId: string;
  /** folder on this machine that is removed with the lab, however it ends */
  readonly directory: string;
  readonly socketPath: string;
  /** the first process of its namespaces, as seen from outside */
  readonly pid: number;
  /** present where it has a kernel of its own: what reports say of that */
  readonly ownKernel?: string;
  /** the argv of a docker client outside of it, for a socket in the folder of the engine's own; without it, one inside is used */
  client?(socket: string): string[];
  /** the image that it has already */
  readonly image: Pick<ImageArchive, 'reference' | 'imageId' | 'description'>;
  /**
   * The argv that runs this argv on the engine's host: in its network, with its files and its processes. The host of a
   * rootless Docker is where its bridges are and where host mode leads, as it is for an engine that the suite did not
   * start; published ports answer there as they do in the namespace of whoever started it.
   */
  enter(argv: readonly string[]): string[];
  /** Ends the daemon of a restartable lab, waits until it is gone, and keeps it from being started again. */
  stopDaemon(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Lets the daemon of a restartable lab be started again. */
  startDaemon(): void;
  /** the end of the daemon's log */
  log(): string;
  /** ends it and everything in it; nothing of it stays on this machine */
  stop(): Promise<void>;
}
