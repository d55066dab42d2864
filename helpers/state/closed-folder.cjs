/*
 * Folders that hold what the suite keeps between its runs or uses while it works. What lies in them is run, unpacked and
 * removed by this user, root above all, so nobody else may be able to put anything there. Plain JavaScript, because what
 * loads this project's TypeScript keeps what it compiled in such a folder.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** More links than this in one path are a circle (path_resolution(7)). */
const mostLinks = 40;

/** In a folder with this bit, only its owner and a file's own can remove or rename the file (inode(7)). */
const sticky = 0o1000;

/** A folder that others can write to, or replace. */
class NotClosed extends Error {
  constructor(place, why) {
    super(`${place} ${why}`);
    this.name = 'NotClosed';
    this.code = 'ENOTCLOSED';
    this.place = place;
    this.why = why;
  }
}

/** The folder that everything cached is in, by the XDG Base Directory Specification. It is not looked at. */
function cacheFolder() {
  const xdg = process.env.XDG_CACHE_HOME;
  return path.join(xdg?.startsWith('/') ? xdg : path.join(ownHome(), '.cache'), 'docker-network-conformance');
}

/** This user's home. Not $HOME where that is another user's, as sudo can leave it. */
function ownHome() {
  const home = os.homedir();
  try {
    return fs.statSync(home).uid === process.geteuid() ? home : os.userInfo().homedir;
  } catch {
    return home;
  }
}

/**
 * Makes a folder if need be, and makes sure that it is this user's and closed: mode 0700, and no folder on the way to it
 * can be changed by another user. To be called each time before what is in it is used.
 *
 * @returns its path, without links
 * @throws NotClosed where it is not so, and what the file system says where it cannot be made
 */
function closedFolder(folder) {
  const place = follow(folder, true);
  const { uid, gid, mode } = fs.lstatSync(place);
  if (uid !== process.geteuid()) throw new NotClosed(place, `belongs to user ${uid}`);
  // it can have been filled by others while it was open
  if (writableForOthers(gid, mode)) throw new NotClosed(place, 'is writable for other users');
  if ((mode & 0o077) !== 0) closeForReaders(place);
  return place;
}

function closeForReaders(place) {
  try {
    fs.chmodSync(place, 0o700);
  } catch (error) {
    // nobody can write to a read-only file system
    if (error.code !== 'EROFS') throw error;
  }
}

/** The folder of what was compiled, which is run: undefined where it is not closed, or cannot be made, and nothing is kept. */
function compiledFolder() {
  try {
    return closedFolder(path.join(closedFolder(cacheFolder()), 'compiled'));
  } catch {
    return undefined;
  }
}

/** The part of it that is one checkout's own: traces name the files that the source maps there lead to. */
function ofCheckout(folder, root) {
  return path.join(folder, createHash('sha256').update(root).digest('hex').slice(0, 16));
}

/**
 * Makes sure that nobody else can take away or replace what this user makes in a folder.
 *
 * @returns its path, without links
 * @throws NotClosed where it is not so, and what the file system says where there is no such folder
 */
function trustedFolder(folder) {
  const place = follow(folder, false);
  mustBeTrusted(place);
  return place;
}

/**
 * Follows a path one name at a time: each folder on it must be root's or this user's, and be writable for others only
 * where the kernel keeps them from each other's files (the sticky bit). A link counts if it is root's or this user's.
 *
 * @param make whether to make what is missing, for this user alone
 */
function follow(folder, make) {
  const names = path.resolve(folder).split('/').filter(Boolean);
  let links = 0;
  let place = '/';
  mustBeTrusted(place);
  while (names.length > 0) {
    const next = path.join(place, names.shift());
    const stat = fs.lstatSync(next, { throwIfNoEntry: !make }) ?? made(next);
    if (!isTrusted(stat.uid)) throw new NotClosed(next, `belongs to user ${stat.uid}`);
    if (stat.isSymbolicLink()) {
      links += 1;
      if (links > mostLinks) throw new NotClosed(next, 'leads in a circle');
      const target = path.resolve(place, fs.readlinkSync(next));
      names.unshift(...target.split('/').filter(Boolean));
      place = '/';
    } else {
      // the last one is looked at by whoever asked
      if (names.length > 0) mustBeTrusted(next);
      place = next;
    }
  }
  return place;
}

function mustBeTrusted(place) {
  const stat = fs.lstatSync(place);
  if (!stat.isDirectory()) throw Object.assign(new Error(`ENOTDIR: not a directory, ${place}`), { code: 'ENOTDIR' });
  if (!isTrusted(stat.uid)) throw new NotClosed(place, `belongs to user ${stat.uid}`);
  if (writableForOthers(stat.gid, stat.mode) && (stat.mode & sticky) === 0) throw new NotClosed(place, 'is writable for other users');
}

/** Makes one folder. Not by Node's own recursive way: that hides why a read-only file system refuses, and never ends below /proc. */
function made(place) {
  try {
    fs.mkdirSync(place, 0o700);
  } catch (error) {
    // another run was faster
    if (error.code !== 'EEXIST') throw error;
  }
  return fs.lstatSync(place);
}

/** Root's or this user's; in a user namespace that has no number for it, also that of whoever is outside. */
function isTrusted(uid) {
  return uid === 0 || uid === process.geteuid() || (uid === overflowUser() && !isMapped(uid));
}

/** Whether somebody else can write there. The group of a user's own, which has the user's number, is nobody else. */
function writableForOthers(gid, mode) {
  const own = gid === process.getegid() && gid === process.geteuid();
  return (mode & (own ? 0o002 : 0o022)) !== 0;
}

function overflowUser() {
  return Number(readOr('/proc/sys/kernel/overflowuid', '65534'));
}

/** Whether a user's number means somebody in this user namespace (user_namespaces(7)). */
function isMapped(uid) {
  const ranges = readOr('/proc/self/uid_map', '0 0 4294967295')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return ranges.some(([first, , length]) => uid >= first && uid < first + length);
}

function readOr(file, otherwise) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

module.exports = { NotClosed, cacheFolder, closedFolder, compiledFolder, ofCheckout, trustedFolder };
