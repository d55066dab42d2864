import { ask, attachedTo, type Container, knowsNoName, lent, make, mustGrant, type OwnNetwork, scene } from '../../helpers';

const named = async (stem: string) => {
  const { subnet, gateway, address } = make.subnet();
  const network = await make.claimed.network({ Name: make.name(stem), IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } });
  return { network, gateway, address };
};

/** Two networks: the name of the first one sorts before that of the last one, so that it gives the default route to who is in both. */
export const networks = scene(async () => {
  const [first, last] = await Promise.all([named('a'), named('z')]);
  return { first, last };
}, 'connecting: two networks');

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: OwnNetwork) => ({ Hostname: 'mover', StopSignal: 'SIGKILL', ...attachedTo(network) });

/** Takes a container out of all networks but one. */
export async function toBeIn(network: OwnNetwork, box: Container): Promise<void> {
  const names = Object.keys((await box.inspect()).NetworkSettings.Networks ?? {});
  for (const name of names.filter((it) => it !== network.name))
    mustGrant('a container could not be taken out of a network', await ask('POST', `/networks/${name}/disconnect`, { Container: box.id }));
  if (!names.includes(network.name)) await network.connect(box);
}

/** Lends a server that is in the last of the two networks alone. */
export const mover = lent(
  async () => make.server({ member: 'mover', ...on((await networks()).last.network) }),
  async (box) => toBeIn((await networks()).last.network, box),
  { atOnce: 2, name: 'connecting: a member of the last network' },
);

/** Lends a container that is in the first of them alone. */
export const firstMover = lent(
  async () => make.container({ member: 'mover', ...on((await networks()).first.network) }),
  async (box) => toBeIn((await networks()).first.network, box),
);

/** A server in the first of them, which asks nobody but the engine and a name server that knows no name. */
export const memberOfFirst = scene(async () => {
  const { network } = (await networks()).first;
  return make.server({ member: 'peer', ...attachedTo(network, { Dns: [await knowsNoName(make, network)] }) });
}, 'connecting: a member of the first network');
