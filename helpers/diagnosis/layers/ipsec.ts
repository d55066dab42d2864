import { inSubnet } from '../../vantage/veth';
import { commandAt, increase, isHost, sourceAddressOf, type Scene } from '../scene';
import { silence, type Rung } from './layer';

/** Whether a namespace's IPsec refused packets meanwhile: a policy blocks them, or wants them encrypted. */
export function ipsecPolicy(end: 'source' | 'host' | 'target', counters: RegExp): Rung {
  return {
    code: `${end}.ipsec-policy`,
    asks: `Does an IPsec policy ${end === 'host' ? 'of the host' : `inside the ${end === 'source' ? 'client' : 'server'}`} refuse the packets?`,
    explains: silence,
    look: (scene: Scene) => {
      const state = scene[end];
      if (!state || (end !== 'host' && isHost(scene, state))) return undefined;
      const risen = Object.keys(state.ipsec).filter(
        (name) => counters.test(name) && increase(scene, state, ({ ipsec }) => ipsec[name]) > 0,
      );
      const policies = refusing(state.printed.ipsec, [
        sourceAddressOf(scene),
        scene.targetAddress,
        ...state.addresses.map(({ address }) => address),
      ]);
      if (risen.length === 0 || policies.length === 0) return undefined;
      const [policy] = policies;
      return {
        summary: `an IPsec policy of ${state.place} refuses the packets (${risen.join(', ')} went up): ${policies.join('; ')}`,
        remedy:
          policies.length === 1
            ? commandAt(scene, state, `ip xfrm policy delete ${policy}`)
            : `Decide which of these policies is to go: ip xfrm policy shows them.`,
        seen: [{ of: state, section: 'ipsec', lines: /^Xfrm\w+\s+[1-9]|^src |^\s+dir |^\s+tmpl / }],
      };
    },
  };
}

/** The policies between these addresses that block, or want packets encrypted, as `ip xfrm policy delete` wants them: selector and direction. */
function refusing(printed: string, addresses: readonly (string | undefined)[]): string[] {
  const covers = (range: string) => addresses.some((address) => address !== undefined && (range === address || inSubnet(address, range)));
  return [...printed.matchAll(/^src (\S+) dst (\S+).*\n\s+(dir (?:in|out|fwd)) (action block)?(?:.*\n\s+(tmpl ))?/gm)].flatMap(
    ([, from = '', to = '', direction = '', blocks, wants]) =>
      (blocks ?? wants) !== undefined && covers(from) && covers(to) ? [`src ${from} dst ${to} ${direction}`] : [],
  );
}
