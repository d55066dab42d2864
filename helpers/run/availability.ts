import type { Availability, Inapplicable } from '../claim/applicability';
import type { Evidence } from '../claim/evidence';
import type { EngineFacts } from '../engine/facts';
import type { Absence } from './userland-proxy';

/** The range that an engine gives its default bridge when nobody chose another (`ipamutils`, first local pool). */
export const documentedSubnet = '172.17.0.0/16';

/** What a run found out about its surroundings, as far as requirements of claims depend on it. */
export interface Surroundings {
  engine: EngineFacts;
  /** whether the engine under test is the suite's own, so that another one of its version can be started */
  ownLab: boolean;
  /** whether the suite's own image is on the engine */
  tools: boolean;
  cli: string[] | undefined;
  hostPort80: string | undefined;
  /** why the default bridge has another range than the documented one, if that is known */
  bridgeConfiguredBy: string | undefined;
  /** why there is no docker-proxy, if it is known */
  userlandProxyReplaced: Absence | undefined;
}

/** For each requirement, why it is not met; undefined where it is. */
export function availability({ engine, ownLab, tools, cli, hostPort80, bridgeConfiguredBy, userlandProxyReplaced: replaced }: Surroundings): Availability {
  return {
    'docker-engine': engine.kind === 'docker' ? undefined : notApplicable('it is about dockerd itself, which is not what answers here', engine.evidence.version),
    'own-lab': ownLab ? undefined : blocked('it changes or restarts an engine, which this suite does only to one of its own: run it with --engine'),
    'tools-image': tools ? undefined : blocked("the suite's own image could not be brought to this engine; it is built from Debian's packages, by apt"),
    'docker-cli': cli ? undefined : blocked('no docker command-line client that talks to this engine was found; install one to check what it prints'),
    'host-port-80': hostPort80 === undefined ? undefined : blocked(`TCP port 80 of the engine's host is held by ${hostPort80}`),
    'userland-proxy': replaced && notApplicable(replaced.reason, replaced.evidence),
    'host-bridges': engine.kind === 'podman' && engine.rootless ? notApplicable('the bridges of a rootless Podman are in a network namespace of their own, which its host has no way into', engine.evidence.info) : undefined,
    'host-network': engine.hostNetwork ? undefined : notApplicable('this engine has no network called host: host mode is something that a container has, and no network that could be inspected', engine.evidence.hostNetwork),
    'unconfigured-default-bridge': bridgeConfiguredBy === undefined ? undefined : notApplicable(`the default bridge has ${engine.defaultBridge?.subnet}: ${bridgeConfiguredBy}`, engine.evidence.defaultBridge),
    'ipv4-only-default-bridge': engine.defaultBridge?.ipv6 ? notApplicable('the default bridge of this engine carries IPv6 as well', engine.evidence.defaultBridge) : undefined,
  };
}

function blocked(reason: string, evidence: Evidence[] = []): Inapplicable {
  return { verdict: 'blocked', reason, evidence };
}

/** What is not there has been seen not to be there. */
function notApplicable(reason: string, evidence: Evidence[]): Inapplicable {
  return { verdict: 'not-applicable', reason, evidence };
}
