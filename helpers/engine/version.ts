import semver from 'semver';
import type { FirewallBackend } from '../../fixtures/claims/model';

/** What comes after every release: whoever builds from source is ahead of them. */
const unreleased = '9999.0.0';

/** A version as an engine says it. */
export interface EngineVersion {
  /** how ids name it: `28.5.2`, `dev` */
  readonly name: string;
  /** a version that can be compared: a build without a number, as moby's makefile makes it ("dev"), is newer than every release */
  readonly comparable: string;
}

/** Reads the version of an engine, without what distributions add to it (`28.5.2+dfsg4`). */
export function versionOf(said: string): EngineVersion {
  const release = semver.coerce(said)?.version;
  if (release !== undefined) return { name: release, comparable: release };
  const name = said.replace(/[^\w.-]+/g, '-') || 'dev';
  return { name, comparable: `${unreleased}+${name.replace(/[^0-9A-Za-z-]+/g, '-')}` };
}

/** The version, as it can be compared, of an engine that is known by its id: `docker-28.5.2+rootless`, `docker-dev-1f0c5a3e`. */
export function versionInId(id: string): string {
  return versionOf(/^[a-z]+-(\d+(?:\.\d+)*)(?![\w])/.exec(id)?.[1] ?? 'dev').comparable;
}

/** The firewall backend of an engine in a lab, which has another one than usual in its mode only: `docker-29.7.2+nftables`. */
export function backendInId(id: string): FirewallBackend {
  return id.endsWith('+nftables') ? 'nftables' : 'iptables';
}
