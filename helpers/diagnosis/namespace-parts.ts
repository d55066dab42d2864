/** Output of `ip -j`, which is nothing at all where there is nothing to tell. */
export function json<T>(text: string): T[] {
  try {
    return JSON.parse(text) as T[];
  } catch {
    return [];
  }
}

/** A queue of a link, as tc(8) tells of it. */
export interface Queue {
  link: string;
  /** e.g. `tbf` */
  kind: string;
  /** where it hangs: its own handle, and that of its class */
  place: string;
  dropped: number;
}

/** A process that listens, with the file descriptors that it has open and may have. */
export interface Descriptors {
  process: number;
  used: number;
  limit: number;
}

/** Output of `tc -s -j qdisc`. */
export function parseQueues(text: string): Queue[] {
  return json<{ dev?: string; kind?: string; handle?: string; parent?: string; drops?: number }>(text).flatMap(
    ({ dev, kind, handle = '', parent = 'root', drops = 0 }) =>
      dev === undefined || kind === undefined ? [] : [{ link: dev, kind, place: `${handle} of ${parent}`, dropped: drops }],
  );
}

/** Lines of a process, its open descriptors, and the row of its limits. */
export function parseDescriptors(text: string): Descriptors[] {
  return [...text.matchAll(/^(\d+) (\d+) Max open files\s+(\d+)/gm)].map(([, process, used, limit]) => ({
    process: Number(process),
    used: Number(used),
    limit: Number(limit),
  }));
}
