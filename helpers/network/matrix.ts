import type { Party, Reachability, ReachedPort } from './who-reaches-whom';

/** Who may reach whom, drawn: a row asks, a column is asked. */
export function drawMatrix({ parties, reached }: Reachability): string {
  const asked = parties.filter(({ ports }) => ports.length > 0);
  const head = ['', ...asked.map(({ name }) => name)];
  const rows = parties.map((from) => [from.name, ...asked.map((to) => cellOf(from, to, reached(from, to)))]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const around = rows.some((row) => row.some((cell) => cell.includes('*')));
  return [
    ...lines,
    '',
    'Row asks column: the ports that it reaches; · none of those that are open there.',
    ...(around ? ['* although they share no network: by a port of the host, or because the host forwards.'] : []),
  ].join('\n');
}

function cellOf(from: Party, to: Party, ports: readonly ReachedPort[]): string {
  if (from === to) return '-';
  return ports.length === 0 ? '·' : ports.map(inCell).join(' ');
}

function inCell({ port, transport, around }: ReachedPort): string {
  return `${port}${transport === 'udp' ? '/udp' : ''}${around === undefined ? '' : '*'}`;
}
