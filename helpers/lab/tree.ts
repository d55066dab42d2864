import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** What can be seen of a directory tree without reading its files. */
export interface TreeState {
  /** path, kind, mode, and size and time (or link target) of all that is in it; the same wherever the tree is copied to */
  readonly digest: string;
  /** the same with what the kernel alone sets (inode, time of the last change to it): nobody has written there while it is the same */
  readonly stamp: string;
}

/** Looks at a tree. Fast enough for every start, and an interrupted copy, a lost file and an edit show in it. */
export function readTree(root: string): TreeState {
  const digest = createHash('sha256');
  const stamp = createHash('sha256');
  visit(root, (name, path, stat) => {
    digest.update(described(name, path, stat));
    stamp.update(`${name} ${stat.dev} ${stat.ino} ${stat.ctimeMs} ${stat.mode} ${stat.size}\n`);
  });
  return { digest: digest.digest('hex'), stamp: stamp.digest('hex') };
}

/** See {@link TreeState.digest}. */
export function treeDigest(root: string): string {
  return readTree(root).digest;
}

/** Digest of a tree with all that its files hold. */
export function contentDigest(root: string): string {
  const hash = createHash('sha256');
  visit(root, (name, path, stat) => {
    hash.update(described(name, path, stat));
    if (stat.isFile()) hash.update(digestOfFile(path));
  });
  return hash.digest('hex');
}

/** In pieces: a file can be larger than memory. */
function digestOfFile(path: string): Buffer {
  const digest = createHash('sha256');
  const piece = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) digest.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return digest.digest();
}

function described(name: string, path: string, stat: Stats): string {
  if (stat.isDirectory()) return `${name}/ ${stat.mode}\n`;
  if (stat.isSymbolicLink()) return `${name} -> ${readlinkSync(path)}\n`;
  return `${name} ${stat.mode} ${stat.size} ${Math.floor(stat.mtimeMs / 1000)}\n`;
}

function visit(root: string, each: (name: string, path: string, stat: Stats) => void): void {
  const go = (path: string, name: string): void => {
    const stat = lstatSync(path);
    each(name, path, stat);
    if (stat.isDirectory()) for (const child of readdirSync(path).sort()) go(`${path}/${child}`, `${name}/${child}`);
  };
  go(root, '');
}
