import ipaddr from 'ipaddr.js';
import type { ClaimResult, NetworkNamespace, ObservedTopology, Results } from '../results/results';

/** What others are known by, and of which kind it is. */
export type Kind =
  | 'container'
  | 'network'
  | 'volume'
  | 'image'
  | 'id'
  | 'address'
  | 'mac'
  | 'link'
  | 'host'
  | 'name-server'
  | 'domain'
  | 'listener'
  | 'process'
  | 'text';

/** Words that are nobody's alone: the engine's, the suite's, and those of every machine. */
const everybodys = new Set([
  'bridge',
  'host',
  'none',
  'null',
  'podman',
  'default',
  'local',
  'localhost',
  'overlay',
  'macvlan',
  'ipvlan',
  'nginx',
  'nginx:latest',
  'docker',
  'docker0',
  'podman0',
  'docker_gwbridge',
  'ingress',
  'true',
  'false',
  'running',
  'created',
  'exited',
  'lo',
  'tcp',
  'udp',
  'latest',
  'engine',
  'suite',
]);

/** Programs of engines and of the suite's containers: that they listen says nothing of anybody else. */
const knownPrograms =
  /^(docker.*|containerd.*|podman|conmon|rootless.*|pasta.*|slirp4netns|netavark|aardvark-dns|nginx|busybox|sh|nc|curl)$/;

/** Lines of daemon.json that are about networks; the others are none of a report's business. */
const aboutNetworks =
  /"(userland-proxy|bip6?|fixed-cidr(-v6)?|ip|ip-forward|ip-masq|ip6?tables|ipv6|icc|mtu|bridge|default-address-pools|default-network-opts|base|size|dns|live-restore)"/;

/** Texts with blanks that are looked for one by one. */
const mostTexts = 100;
const shortest = 3;

/**
 * Replaces what is not the suite's in evidence: names, addresses and the like of others and of the engine's host. Two mentions
 * of one thing get the same placeholder, so that what belongs together can be seen.
 */
export class Redaction {
  private readonly known = new Map<string, Kind>();
  private readonly texts = new Set<string>();
  private readonly domains = new Set<string>();
  private readonly ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  private readonly kept: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  private readonly placeholders = new Map<string, string>();
  private readonly counts = new Map<Kind, number>();

  /** Whether anything was replaced. */
  get used(): boolean {
    return this.placeholders.size > 0;
  }

  /** Makes known what others are called, what their addresses are and so on. */
  add(kind: Kind, ...values: (string | undefined)[]): void {
    for (const value of values) {
      if (value === undefined || value.length < shortest || everybodys.has(value) || /^\d+$/.test(value)) continue;
      if (kind === 'domain') this.domains.add(value);
      else if (/\s/.test(value)) {
        if (this.texts.size < mostTexts) this.texts.add(value);
      } else if (kind === 'address' || kind === 'name-server') this.addAddress(kind, value);
      else this.known.set(kind === 'mac' ? value.toLowerCase() : value, kind);
      if (kind === 'id' && /^[0-9a-f]{64}$/.test(value)) this.known.set(value.slice(0, 12), 'id');
    }
  }

  /** A range of which every address is somebody else's, such as that of the local network. */
  addRange(range: string | undefined): void {
    const parsed = rangeOf(range);
    if (parsed && parsed[1] > 0) this.ranges.push(parsed);
  }

  /** A range of which the suite's own containers have addresses, such as that of the default bridge. */
  keep(range: string | undefined): void {
    const parsed = rangeOf(range);
    if (parsed) this.kept.push(parsed);
  }

  private addAddress(kind: Kind, value: string): void {
    const [address = ''] = value.split(/[/%]/);
    if (!ipaddr.isValid(address) || ['loopback', 'unspecified', 'multicast', 'broadcast'].includes(ipaddr.parse(address).range())) return;
    const parsed = ipaddr.parse(address);
    this.known.set(parsed.toString(), kind);
    const bytes = parsed.toByteArray().map((byte) => byte.toString(16).padStart(2, '0'));
    // as /proc/net/route and ipv6_route have it
    this.known.set(parsed.kind() === 'ipv4' ? bytes.reverse().join('').toUpperCase() : bytes.join(''), kind);
  }

  /** The text with placeholders for all that is not the suite's. */
  text(text: string): string {
    let told = text.replace(/\S*… \((\d+) characters in all\)$/, '… ($1 characters in all)');
    for (const it of this.texts) told = told.replaceAll(it, () => this.placeholder('text', it));
    for (const it of this.domains) told = told.replaceAll(it, () => this.placeholder('domain', it));
    told = told
      .replace(/(--comment |"comment": ?|\bcomment (?="))("(?:[^"\\]|\\.)*"|\S+)/g, (whole, before: string, comment: string) =>
        /docker|netavark|podman/i.test(comment) ? whole : `${before}"…"`,
      )
      .replace(/\("([^"]+)",pid=/g, (whole, name: string) =>
        knownPrograms.test(name) ? whole : `("${this.placeholder('process', name)}",pid=`,
      )
      .replace(/(?<![\w.:])(?:\[[0-9a-f:.]+\]|(?:\d{1,3}\.){3}\d{1,3}|\*):\d+\b/gi, (socket) => this.ifKnown(socket))
      .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, (mac) => this.macAddress(mac))
      .replace(/(?<![\w:.])(?:[0-9a-f]{0,4}:){2,}[0-9a-f.]*(?![\w:])/gi, (address) => this.address(address))
      .replace(/(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g, (address) => this.address(address));
    return told.replace(/[\w/][\w./:@+-]*\w/g, (word, offset: number, all: string) => {
      // the name of a field is the engine's
      if (/^[A-Z]/.test(word) && all.startsWith('":', offset + word.length)) return word;
      return this.word(word);
    });
  }

  private word(word: string): string {
    if (this.known.has(word)) return this.ifKnown(word);
    return word
      .split(/([/:@])/)
      .map((part) =>
        this.known.has(part)
          ? this.ifKnown(part)
          : part
              .split(/(\.)/)
              .map((piece) => this.ifKnown(piece))
              .join(''),
      )
      .join('');
  }

  private ifKnown(value: string): string {
    const kind = this.known.get(value);
    return kind === undefined ? value : this.placeholder(kind, value);
  }

  private macAddress(mac: string): string {
    const kind = this.known.get(mac.toLowerCase());
    const first = parseInt(mac.slice(0, 2), 16);
    // what was burnt into a device is nobody's but the machine's; engines give addresses of their own making
    const burntIn = (first & 3) === 0 && !/^00:00:00:00:00:00$/.test(mac);
    return kind !== undefined || burntIn ? this.placeholder('mac', mac.toLowerCase()) : mac;
  }

  private address(text: string): string {
    if (!ipaddr.isValid(text)) return text;
    const address = ipaddr.parse(text);
    const kind = this.known.get(address.toString());
    if (kind !== undefined) return this.placeholder(kind, address.toString());
    const within = ([network, length]: [ipaddr.IPv4 | ipaddr.IPv6, number]) =>
      address.kind() === network.kind() && address.match(network, length);
    if (this.kept.some(within)) return text;
    const range = address.range();
    return range === 'unicast' || (range !== 'loopback' && this.ranges.some(within))
      ? this.placeholder('address', address.toString())
      : text;
  }

  private placeholder(kind: Kind, value: string): string {
    const known = this.placeholders.get(value);
    if (known !== undefined) return known;
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    const made = `[${kind}-${number}]`;
    this.placeholders.set(value, made);
    return made;
  }
}

function rangeOf(range: string | undefined): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  return range !== undefined && ipaddr.isValidCIDR(range) ? ipaddr.parseCIDR(range) : undefined;
}

/** Results whose evidence and topologies tell nothing of others; reasons, causes and remedies stay as they are. */
export function redacted(results: Results, redaction: Redaction): Results {
  const step = (it: ClaimResult['evidence'][number]): ClaimResult['evidence'][number] => ({
    ...it,
    what: redaction.text(it.what),
    answer: redaction.text(it.what.includes('daemon.json') ? networkLines(it.answer) : it.answer),
  });
  const claims = results.claims.map((claim): ClaimResult => ({
    ...claim,
    evidence: claim.evidence.map(step),
    ...(claim.cause && { cause: { ...claim.cause, evidence: claim.cause.evidence.map(step) } }),
  }));
  const topologies = results.topologies.map((it) => topology(it, redaction));
  const notes = redaction.used
    ? [
        ...results.notes,
        'evidence has placeholders such as [address-1] for what is not of this run: names, addresses, listeners and name servers of others and of the host; --full-evidence shows them',
      ]
    : results.notes;
  return { ...results, claims, topologies, notes };
}

function networkLines(answer: string): string {
  return answer
    .split('\n')
    .filter((line) => aboutNetworks.test(line))
    .join('\n');
}

function topology(observed: ObservedTopology, redaction: Redaction): ObservedTopology {
  const text = (it: string) => redaction.text(it);
  const namespace = (it: NetworkNamespace | null): NetworkNamespace | null =>
    it && {
      ...it,
      gateways: it.gateways.map(text),
      links: it.links.map(({ bridge, ...link }) => ({
        ...link,
        name: text(link.name),
        macAddress: text(link.macAddress),
        addresses: link.addresses.map(text),
        ...(bridge !== undefined && { bridge: text(bridge) }),
      })),
    };
  return {
    ...observed,
    host: namespace(observed.host),
    containers: observed.containers.map((container) => ({
      ...container,
      namespace: namespace(container.namespace),
      published: container.published.map((port) => ({ ...port, hostAddress: text(port.hostAddress) })),
    })),
  };
}
