/** The test interface: what specs call that needs nothing of the run. It comes with the spec runtime, since what it observes is evidence of the claim that it judges. */
export { between, cidrParts, derivedMac } from '../claim/addresses';
export { mustGrant } from '../claim/set-up';
export { addressesOfLongNames, askedFor, asksNobodyElse, configuredServer, lookUp, lookUpAll, nameServer, toldOf } from '../dns';
export { attachedTo } from '../make/own-network';
export { beyond, mustHideAddresses, reachable } from '../make/beyond';
export { vethLink } from '../make/veth-link';
export { clock } from '../world/clock';
export { conversation } from '../make/conversation';
export { freePorts } from '../make/free-ports';
export { ipvs, linksOfKind } from '../make/kernel';
export { asksForMac } from '../make/mac-address';
export { knowsNoName, nameServerOn } from '../make/name-servers';
export { externalHost, overIPv6 } from '../make/external-host';
export { serving, tellsWhoAsks } from '../make/sites';
export { listeningAt, listensOn } from '../vantage/procfs';
export { vethPeer } from '../vantage/veth';
export { mustRun, read } from '../world/vantage-point';
