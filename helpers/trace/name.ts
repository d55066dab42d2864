import { lookUp } from '../dns/look-up';
import { read, type VantagePoint } from '../world/vantage-point';
import { isAddress } from './asked';

/** One question to a name server, and what came back. */
export interface Answer {
  /** the name that was asked for: with what `search` of resolv.conf adds, where that was tried */
  name: string;
  type: 'A' | 'AAAA';
  /** e.g. `NOERROR`, or `none` where nothing came back */
  code: string;
  addresses: string[];
}

/** How a name became addresses in the place that a trace starts from. */
export interface Lookup {
  name: string;
  /** addresses that /etc/hosts has for it */
  inHostsFile: string[];
  /** name servers of resolv.conf */
  servers: string[];
  /** to whom Docker's own name server passes on what it does not know, as resolv.conf tells */
  upstream: string[];
  answers: Answer[];
  /** what a client gets, in the order in which it tries them */
  addresses: string[];
}

const mark = '--resolv.conf--';

/** What the files of a place say of names. */
interface Files {
  hosts: string;
  servers: string[];
  search: string[];
  dots: number;
  upstream: string[];
}

/** Reads both files, as {@link readFiles} has printed them. */
export function filesIn(printed: string): Files {
  const [hosts = '', resolv = ''] = printed.split(`${mark}\n`);
  const words = (keyword: string) => (new RegExp(`^${keyword}\\s+(.*)$`, 'gm').exec(resolv)?.[1] ?? '').trim().split(/\s+/).filter(Boolean);
  return {
    hosts,
    servers: [...resolv.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = '']) => server),
    search: words('search').filter((it) => it !== '.'),
    dots: Number(/^options\b.*\bndots:(\d+)/m.exec(resolv)?.[1] ?? 1),
    upstream: (/^# ExtServers: \[(.*)\]/m.exec(resolv)?.[1] ?? '').split(/\s+/).filter(Boolean),
  };
}

/** Addresses that a hosts file has for a name (hosts(5)). */
export function inHosts(text: string, name: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return names.some((it) => it.toLowerCase() === name.toLowerCase()) ? [address] : [];
  });
}

/** The names that a resolver tries for one, in its order (resolv.conf(5), search and ndots). */
export function tried(name: string, { search, dots }: Pick<Files, 'search' | 'dots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = search.map((domain) => `${name}.${domain.replace(/\.$/, '')}`);
  return name.split('.').length - 1 >= dots ? [name, ...searched] : [...searched, name];
}

/**
 * Looks a name up as a program in a place does: its hosts file first, then its name servers.
 * @param prefersIpv6 whether the place has an IPv6 address by which clients try IPv6 first (RFC 6724)
 */
export async function lookUpName(from: VantagePoint, name: string, prefersIpv6: boolean): Promise<Lookup> {
  const files = filesIn(await read(from, ['sh', '-c', `cat /etc/hosts; echo ${mark}; cat /etc/resolv.conf; true`]));
  const { hosts, servers, upstream } = files;
  const inHostsFile = inHosts(hosts, name);
  const answers = inHostsFile.length > 0 || servers.length === 0 ? [] : await answersTo(from, tried(name, files));
  const found = inHostsFile.length > 0 ? inHostsFile : [...new Set(answers.flatMap((it) => it.addresses))];
  const ipv6 = found.filter((it) => it.includes(':'));
  const ipv4 = found.filter((it) => !it.includes(':'));
  const addresses = ipv6.length > 0 && ipv4.length > 0 && prefersIpv6 ? [...ipv6, ...ipv4] : [...ipv4, ...ipv6];
  return { name, inHostsFile, servers, upstream, answers, addresses };
}

/** Asks for one name after the other until one of them has addresses. */
async function answersTo(from: VantagePoint, names: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const name of names) {
    const both = await Promise.all((['A', 'AAAA'] as const).map((type) => answerTo(from, name, type)));
    answers.push(...both);
    // silence is the same for the next name
    if (both.some(({ code, addresses }) => addresses.length > 0 || code === 'none')) break;
  }
  return answers;
}

async function answerTo(from: VantagePoint, name: string, type: Answer['type']): Promise<Answer> {
  const { code, records } = await lookUp(from, name, type);
  return {
    name,
    type,
    code: `${code}`,
    addresses: records.flatMap(({ type: of, data }) => (of === type && isAddress(data) ? [data] : [])),
  };
}
