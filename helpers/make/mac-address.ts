import semver from 'semver';
import type { EngineFacts } from '../claim/engine-facts';

/** The first version of the API that has a MAC address in each endpoint; older ones ignore it there. */
const inEndpoints = '1.44.0';

/**
 * The part of a container's body that asks for a MAC address in its first network, in the one way that the version of the
 * API knows: from 1.52 on, one for the whole container is refused
 * (docs.docker.com/reference/api/engine/version-history/#v144-api-changes and #v152-api-changes).
 * @param network name of the network that the container is created in
 * @param mac six octets in hexadecimal, with colons between them
 */
export function asksForMac({ apiVersion }: Pick<EngineFacts, 'apiVersion'>, network: string, mac: string): object {
  const version = semver.coerce(apiVersion);
  return version && semver.gte(version, inEndpoints)
    ? { NetworkingConfig: { EndpointsConfig: { [network]: { MacAddress: mac } } } }
    : { MacAddress: mac };
}
