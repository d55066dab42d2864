/** Questions to name servers as a container asks them, and a name server to ask. */
export { lookUp, lookUpAll } from './look-up';
export type { DnsAnswer } from './message';
export { addressesOfLongNames, askedFor, asksNobodyElse, nameServer } from './name-server';
export { configuredServer, toldOf } from './upstream';
