import { lookUp } from '../dns/look-up';
import { readOrNothing } from '../vantage/procfs';
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
 * Looks a name up as a program in a place does: its hosts file first, then its name servers. All are asked at once, for a
 * command in a container costs more than the question.
 */
export async function lookUpName(from: VantagePoint, name: string): Promise<Omit<Lookup, 'addresses'> & { found: string[] }> {
  const { process } = from;
  const plain = process === undefined ? answersOf(from, name) : undefined;
  // without a name server to ask, it fails, and its answer is not waited for
  plain?.catch(() => undefined);
  const files = filesIn(
    process === undefined
      ? await read(from, ['sh', '-c', `cat /etc/hosts; echo ${mark}; cat /etc/resolv.conf; true`])
      : `${fileOf(process, 'hosts')}\n${mark}\n${fileOf(process, 'resolv.conf')}`,
  );
  const { hosts, servers, upstream } = files;
  const inHostsFile = inHosts(hosts, name);
  const answers = inHostsFile.length > 0 || servers.length === 0 ? [] : await answersTo(from, tried(name, files), { name, plain });
  const found = inHostsFile.length > 0 ? inHostsFile : [...new Set(answers.flatMap((it) => it.addresses))];
  return { name, inHostsFile, servers, upstream, answers, found };
}

function fileOf(process: number, name: string): string {
  return readOrNothing(`/proc/${process}/root/etc/${name}`);
}

/** Addresses in the order in which a client tries them. @param prefersIpv6 whether it has an address of IPv6 itself (RFC 6724) */
export function inOrder(addresses: readonly string[], prefersIpv6: boolean): string[] {
  const ipv6 = addresses.filter((it) => it.includes(':'));
  const ipv4 = addresses.filter((it) => !it.includes(':'));
  return prefersIpv6 ? [...ipv6, ...ipv4] : [...ipv4, ...ipv6];
}

/** Asks for one name after the other until one of them has addresses. @param begun what is being asked already */
async function answersTo(
  from: VantagePoint,
  names: readonly string[],
  begun: { name: string; plain: Promise<Answer[]> | undefined },
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const name of names) {
    const both = await ((name === begun.name ? begun.plain : undefined) ?? answersOf(from, name));
    answers.push(...both);
    // silence is the same for the next name
    if (both.some(({ code, addresses }) => addresses.length > 0 || code === 'none')) break;
  }
  return answers;
}

function answersOf(from: VantagePoint, name: string): Promise<Answer[]> {
  return Promise.all((['A', 'AAAA'] as const).map((type) => answerTo(from, name, type)));
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
