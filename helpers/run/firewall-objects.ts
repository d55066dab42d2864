/**
 * Prints the tables of iptables and of nftables, each after a line that says whose they are, where their programs are
 * installed and allowed. Sets are left out: they can be long, and what matters is who uses them.
 */
export const printFirewall = `for family in ip ip6; do
  save=iptables-save; [ "$family" = ip ] || save=ip6tables-save
  tables=$($save 2>/dev/null) && printf '== %s\\n%s\\n' "$family" "$tables"
done
tables=$(nft --terse list ruleset 2>/dev/null) && printf '== nft\\n%s\\n' "$tables"
true`;

/**
 * The chains and rules of a host, one line each: family, table, chain, and the rule if it is one. Chains that the kernel
 * brings are none, because it shows a table's own only once the table was used.
 *
 * @param printed what `printFirewall` printed
 * @returns undefined where no program could tell
 */
export function firewallObjects(printed: string): string[] | undefined {
  const sections = printed
    .split(/^== /m)
    .slice(1)
    .map((section) => section.split('\n'));
  if (sections.length === 0) return undefined;
  const iptables = sections.filter(([whose]) => whose !== 'nft').map(([family = '', ...lines]) => ofIptables(family, lines));
  // nft lists the tables of iptables-nft again, in other words
  const known = new Set(iptables.flatMap(({ tables }) => tables));
  const nft = sections.filter(([whose]) => whose === 'nft').flatMap(([, ...lines]) => ofNft(lines, known));
  return [...iptables.flatMap(({ objects }) => objects), ...nft];
}

/** Reads what iptables-save prints: `*table`, `:chain policy`, where a chain of a user has the policy `-`, `-A chain rule`. */
function ofIptables(family: string, lines: readonly string[]): { tables: string[]; objects: string[] } {
  const tables: string[] = [];
  const objects: string[] = [];
  for (const line of lines) {
    const table = tables.at(-1) ?? '';
    if (line.startsWith('*')) tables.push(`${family} ${line.slice(1)}`);
    else if (line.startsWith('-A ')) objects.push(`${table} ${line.slice('-A '.length)}`);
    else {
      const chain = /^:(\S+) - /.exec(line)?.[1];
      if (chain !== undefined) objects.push(`${table} ${chain}`);
    }
  }
  return { tables, objects };
}

/** Reads what nft prints: blocks `table family name`, in them blocks `chain name`, in them a rule a line, which is the same whatever it has counted. */
function ofNft(lines: readonly string[], known: ReadonlySet<string>): string[] {
  const objects: string[] = [];
  let table = '';
  let chain: string | undefined;
  for (const line of lines) {
    const [, keyword, name] = /^\t?(table|chain) (.+) \{$/.exec(line) ?? [];
    if (keyword === 'table') table = name ?? '';
    else if (known.has(table)) continue;
    else if (keyword === 'chain') objects.push((chain = `${table} ${name}`));
    else if (line === '\t}') chain = undefined;
    else if (chain !== undefined && line !== '' && !/^\t\t(type .* hook|policy|comment) /.test(line))
      objects.push(`${chain} ${line.trim().replace(/\bcounter packets \d+ bytes \d+/, 'counter')}`);
  }
  return objects;
}
