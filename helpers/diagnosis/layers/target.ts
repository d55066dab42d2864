import type { NamespaceState } from '../namespace-state';
import { commandAt, containerLink, isBridged, isHost, lastSource, linkNamed, linkWith, ofFamily, sourceAddressOf } from '../scene';
import { addressGone, linkDown, silence, type Rung } from './layer';

/** The server's own link and address, and whether neighbours find each other. */
export const atTheTarget: readonly Rung[] = [
  {
    code: 'address.mac-taken-twice',
    asks: 'Have client and server MAC addresses of their own?',
    explains: silence,
    look: (scene) => {
      const { source, target } = scene;
      const [one, other] = [containerLink(source), containerLink(target)];
      if (!source || !target || source === target || !one?.macAddress || isHost(scene, source) || isHost(scene, target)) return undefined;
      if (!isBridged(scene) || one.macAddress !== other?.macAddress) return undefined;
      // who has another one than the engine gave it is who took it
      const taker = [scene.sourceContainer, scene.targetContainer].find((it) => it?.macAddresses?.includes(one.macAddress) === false);
      return {
        summary: `${one.name} of ${source.place} and ${other.name} of ${target.place} have the same MAC address, ${one.macAddress}: the bridge takes one for the other`,
        remedy: taker
          ? `docker restart ${taker.containerName}`
          : 'Give one of them another MAC address: docker run --mac-address, or the mac_address of its configuration, says so.',
        seen: [
          { of: source, section: 'link', lines: /"address"/ },
          { of: target, section: 'link', lines: /"address"/ },
        ],
      };
    },
  },
  {
    code: 'target.no-link',
    asks: 'Has the server a link besides its loopback?',
    explains: [...silence, 'refused'],
    look: (scene) => {
      const { target, targetContainer } = scene;
      if (
        !target ||
        !targetContainer ||
        isHost(scene, target) ||
        containerLink(target) ||
        Object.values(targetContainer.addresses).every((address) => address === '')
      )
        return undefined;
      return {
        summary: `${target.place} has no link but its loopback, although the engine attached it to ${Object.keys(targetContainer.addresses).join(', ')}`,
        remedy: `docker restart ${targetContainer.containerName}`,
        seen: [{ of: target, section: 'link' }],
      };
    },
  },
  linkDown('target', ({ target }) => target),
  addressGone('target', ({ target, targetContainer }) => ({ state: target, container: targetContainer })),
  {
    code: 'target.address-not-local',
    asks: 'Does the kernel of the server take its address for one of its own?',
    explains: silence,
    look: (scene) => {
      const { target, targetAddress, targetContainer } = scene;
      const route = targetAddress === undefined || isHost(scene, target) ? undefined : target?.routes[targetAddress];
      if (!target || !route || (route.found && route.type === 'local')) return undefined;
      const link = linkWith(target, targetAddress)?.name;
      if (link === undefined) return undefined;
      return {
        summary: `${target.place} has ${targetAddress} on ${link}, and its kernel does not take it for an address of its own: its table of local addresses lacks it, or a rule of policy routing stands before that`,
        remedy: /\blookup local\b/.test(target.printed.policy)
          ? commandAt(
              scene,
              target,
              `ip route add table local local ${targetAddress} dev ${link} proto kernel scope host src ${targetAddress}`,
            )
          : `docker restart ${targetContainer?.containerName ?? target.place}`,
        seen: [
          { of: target, section: 'route' },
          { of: target, section: 'routes', lines: /table local/ },
          { of: target, section: 'policy' },
        ],
      };
    },
  },
  ...(['source', 'target'] as const).map((end): Rung => ({
    code: `${end}.arp-off`,
    asks: `Does the ${end === 'source' ? 'client' : 'server'} take part in ARP?`,
    explains: silence,
    look: (scene) => {
      // a container that asks for a port of the host has a link of its own; behind the port it is the host that asks
      const clients = [scene.source, lastSource(scene)].filter((it) => it !== undefined);
      const askers = end === 'source' ? clients : scene.target ? [scene.target] : [];
      const linkOf = (it: NamespaceState) => (isHost(scene, it) ? linkNamed(it, scene.network?.bridge) : containerLink(it));
      const state = askers.find((it) => linkOf(it)?.noArp) ?? askers[0];
      const link = state && linkOf(state);
      if (!state || !link) return undefined;
      if (link.noArp)
        return {
          summary: `${link.name} of ${state.place} has ARP switched off: ${end === 'source' ? 'it asks nobody for an address' : 'it answers nobody who asks for its address'}`,
          remedy: commandAt(scene, state, `ip link set ${link.name} arp on`),
          seen: [{ of: state, section: 'link', lines: /NOARP/ }],
        };
      const ignore = Math.max(...['all', link.name].map((name) => Number(state.sysctls[`ipv4/conf/${name}/arp_ignore`] ?? 0)));
      if (end === 'target' && ignore === 8)
        return {
          summary: `${state.place} ignores questions for its address (arp_ignore is ${ignore})`,
          remedy: commandAt(scene, state, `sysctl -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.${link.name}.arp_ignore=0`),
          seen: [{ of: state, section: 'sysctl', lines: /arp_ignore/ }],
        };
      return undefined;
    },
  })),
  {
    code: 'neighbour.wrong-mac-address',
    asks: "Is the neighbour's MAC address the one that it has?",
    explains: [...silence, 'reached', 'refused'],
    look: (scene) => {
      const client = lastSource(scene);
      const clientAddress = isHost(scene, client)
        ? client?.addresses.find(({ link, address }) => link === scene.network?.bridge && ofFamily(scene, address))?.address
        : sourceAddressOf(scene);
      const ways: [NamespaceState | undefined, NamespaceState | undefined, string | undefined][] = [
        [client, scene.target, scene.targetAddress],
        [scene.target, client, clientAddress],
      ];
      for (const [asking, asked, address] of ways) {
        const neighbour = asking?.neighbours.find((it) => it.address === address && !isHost(scene, scene.target));
        const real = linkWith(asked, address)?.macAddress;
        if (!asking || !neighbour?.macAddress || real === undefined || neighbour.macAddress === real) continue;
        const isFixed = /PERMANENT|NOARP/.test(neighbour.state);
        const other = scene.containers?.find(({ macAddresses }) => macAddresses?.includes(neighbour.macAddress ?? ''))?.containerName;
        const how = isFixed ? 'a fixed entry of its table says so' : `${other ?? 'somebody else'} answers for it, or did`;
        const forget = commandAt(scene, asking, `ip neighbour del ${neighbour.address} dev ${neighbour.link}`);
        return {
          summary: `${asking.place} takes ${neighbour.macAddress} for the MAC address of ${neighbour.address}, which is ${real}: ${how}`,
          remedy:
            isFixed || other === undefined
              ? forget
              : `Take ${neighbour.address} away from ${other}, or it comes back; after that ${asking.place} may still have to forget it: ${forget}`,
          seen: [
            { of: asking, section: 'neighbour' },
            { of: asked, section: 'link', lines: /"address"/ },
          ],
        };
      }
      return undefined;
    },
  },
];
