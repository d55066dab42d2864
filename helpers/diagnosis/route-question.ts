/** Asks for the route that packets would take which have one of the marks that rules of policy routing name. */
export function markedRoutes(to: string): string {
  return `for mark in $(ip rule 2>/dev/null | sed -n 's/.*fwmark \\(0x[0-9a-f]*\\).*/\\1/p' | sort -u); do echo "@ ${to} mark $mark"; ip -j route get ${to} mark "$mark" 2>&1; done`;
}

/** A route that a namespace's kernel is asked for. */
export interface RouteQuestion {
  to: string;
  /** for a packet that is forwarded: where it comes from, and at which link it arrives */
  from?: string;
  arrivingAt?: string;
  /** what else rules of policy routing may look at, in the words of `ip route get` */
  selectors?: string;
}

/** By what an answer is found again. */
export const keyOf = ({ to, from, selectors }: RouteQuestion): string =>
  [to, ...(from === undefined ? [] : [`from ${from}`]), ...(selectors === undefined ? [] : [`with ${selectors}`])].join(' ');

/** The question in the words of `ip route get`. */
export const wordsOf = ({ to, from, arrivingAt, selectors }: RouteQuestion): string =>
  [
    to,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(arrivingAt === undefined ? [] : [`iif ${arrivingAt}`]),
    ...(selectors === undefined ? [] : [selectors]),
  ].join(' ');
