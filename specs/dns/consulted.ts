import { attachedTo, make, nameServerOn, scene } from '../../helpers';

/** A name server of the test on a network, and a container that is to ask it for what the engine does not know. */
export const consulted = scene(async () => {
  const net = await make.shared.network();
  const { container: upstream, address } = await nameServerOn(make, net);
  return { upstream, asking: await make.claimed.container({ member: 'asking', ...attachedTo(net, { Dns: [address] }) }) };
}, 'dns: a container with a name server of the test');
