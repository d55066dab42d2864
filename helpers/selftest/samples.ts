import type { Claim } from '../../fixtures/claims/model';
import type { Availability } from '../claim/applicability';
import type { Evidence } from '../world/evidence';
import type { EngineFacts } from '../claim/engine-facts';
import type { RunContext } from '../claim/context';

/** A claim with these features, and otherwise like those of the catalogue. */
export function claimWith(features: Partial<Claim> = {}): Claim {
  return {
    id: 'some.claim',
    area: 'document',
    section: 'bridge',
    level: 'must',
    title: 'Something must hold',
    sources: [{ document: 'line 1' }],
    observedBy: 'Looking.',
    ...features,
  };
}

/** An engine with these facts, and otherwise a Docker as it is out of the box. */
export function engineWith(facts: Partial<EngineFacts> = {}): EngineFacts {
  return {
    id: 'docker-28.5.2',
    kind: 'docker',
    name: 'Docker Engine',
    version: '28.5.2',
    apiVersion: '1.51',
    kernel: '6.18.0',
    firewallBackend: 'iptables',
    rootless: false,
    usernsRemap: false,
    inSwarm: false,
    ipv4Forwarding: true,
    networkDrivers: ['bridge', 'host', 'null'],
    addressPools: [],
    defaultBridge: { id: 'b', subnet: '172.17.0.0/16', gateway: '172.17.0.1', ipv6: false, options: {} },
    hostNetwork: true,
    evidence: {
      version: [answer('/version')],
      info: [answer('/info')],
      defaultBridge: [answer('/networks/bridge')],
      hostNetwork: [answer('/networks/host')],
    },
    ...facts,
  };
}

function answer(path: string): Evidence {
  return { atMs: 0, durationMs: 0, kind: 'api', where: 'engine', what: `GET ${path}`, answer: '{}' };
}

/** A machine on which everything is there that claims require. */
export const everythingThere: Availability = {
  'docker-engine': undefined,
  'own-lab': undefined,
  'tools-image': undefined,
  'docker-cli': undefined,
  'host-port-80': undefined,
  'userland-proxy': undefined,
  'published-ports': undefined,
  'host-bridges': undefined,
  'host-network': undefined,
  'default-bridge': undefined,
  'default-bridge-icc': undefined,
  'firewall-rules': undefined,
  'ipv6-firewall-rules': undefined,
  'ip-forward': undefined,
  'host-user-namespace': undefined,
  'unconfigured-network-mtu': undefined,
  'unconfigured-default-gateway': undefined,
  'unconfigured-host-gateway': undefined,
  'host-ipv6': undefined,
  'ipv6-forwarding': undefined,
  'host-input': undefined,
  'no-nonlocal-bind': undefined,
  'unconfigured-dns-options': undefined,
  'unconfigured-default-bridge': undefined,
  'outside-swarm': undefined,
  'ipv4-only-default-bridge': undefined,
};

/** The context of a run that hands its verdicts over in `directory`. */
export function contextWith(features: Partial<RunContext> & Pick<RunContext, 'directory'>): RunContext {
  return {
    runId: 'r1',
    labels: {},
    engine: engineWith(),
    reachedBy: 'a test',
    host: { kind: 'here', samePids: true },
    image: { reference: 'nginx:latest', description: 'nginx', tools: '' },
    reaper: false,
    selected: [],
    inapplicable: {},
    waived: [],
    wishes: {},
    ...features,
  };
}
