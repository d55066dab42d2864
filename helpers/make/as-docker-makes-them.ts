import type { NewNetworks } from '../claim/engine-facts';

/** What a bridge network has for an option that nobody chose (docs.docker.com/engine/network/drivers/bridge/#options). */
const unset: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.gateway_mode_ipv4': 'nat',
  'com.docker.network.bridge.gateway_mode_ipv6': 'nat',
  'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
  'com.docker.network.bridge.inhibit_ipv4': 'false',
  'com.docker.network.bridge.trusted_host_interfaces': '',
  'com.docker.network.container_iface_prefix': 'eth',
  'com.docker.network.driver.mtu': '1500',
};

/** The body of a network, as far as it is looked at here. */
interface Body {
  Driver?: unknown;
  Options?: unknown;
  ConfigFrom?: unknown;
  ConfigOnly?: unknown;
  EnableIPv4?: unknown;
  EnableIPv6?: unknown;
  [field: string]: unknown;
}

/**
 * The body of a network that is as Docker makes it, whatever an operator gives to new ones: where he has chosen an option
 * for them, it is asked for as it is without him, unless the claim chooses it. On an engine without such options, the
 * body as it is.
 */
export function asDockerMakesThem<B extends Body>(body: B, newNetworks: Pick<NewNetworks, 'options' | 'ipv4' | 'ipv6'> | undefined): B {
  const { Driver = 'bridge', Options = {}, ConfigFrom } = body;
  if (newNetworks === undefined || Driver !== 'bridge' || ConfigFrom !== undefined || typeof Options !== 'object') return body;
  const taken = Object.keys(newNetworks.options).flatMap((option) => (unset[option] === undefined ? [] : [[option, unset[option]]]));
  return {
    ...body,
    ...(taken.length > 0 && { Options: { ...(Object.fromEntries(taken) as Record<string, string>), ...Options } }),
    ...(!newNetworks.ipv4 && { EnableIPv4: body.EnableIPv4 ?? true }),
    ...(newNetworks.ipv6 && { EnableIPv6: body.EnableIPv6 ?? false }),
  };
}

/** Whether a network gets a range from the engine's pools that an operator made too narrow for what claims put there. */
export function isNarrow(
  { Driver = 'bridge', ConfigOnly, EnableIPv4 }: Body,
  newNetworks: Pick<NewNetworks, 'narrow'> | undefined,
): boolean {
  return newNetworks?.narrow !== undefined && Driver === 'bridge' && ConfigOnly === undefined && EnableIPv4 !== false;
}

/** The body of a network with an IPv4 range, if it has none. */
export function withRange<B extends Body>(body: B, subnet: string): B {
  const { IPAM = {} } = body as { IPAM?: { Config?: { Subnet?: string }[] } };
  const { Config = [] } = IPAM;
  return body.ConfigFrom !== undefined || Config.some(({ Subnet = '' }) => Subnet.includes('.'))
    ? body
    : { ...body, IPAM: { ...IPAM, Config: [{ Subnet: subnet }, ...Config] } };
}
