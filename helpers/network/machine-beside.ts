import { settingUp } from '../claim/set-up';
import { ownSubnet } from '../make/subnets';
import type { Member } from '../trace/inventory';
import { memberOf } from '../trace/inventory';
import { execInContainer } from '../vantage/exec';
import { Blocked } from '../claim/verdict';
import type { CommandResult } from '../world/vantage-point';
import type { OpenedEngine } from './opened-engine';

/** A machine at the other end of a veth link to the engine's host. */
export interface MachineBeside {
  member: Member;
  /** the host's address on the link */
  hostAddress: string;
}

/** Name of the network that the machine is in, in reports. */
const network = 'a link to the host';

/** Seconds after which the machine ends by itself, and its link with it. */
const lifetime = 3600;

/**
 * Adds the pair. Busybox, which helper containers have for ip(8), lets nobody name the other end, so it is looked for; where that end
 * cannot go to the machine, there is no pair.
 */
const onHost = `ip link add "$1" type veth || exit 1
other=$(for it in /sys/class/net/*; do [ "$(cat "$it/ifindex")" != "$(cat "/sys/class/net/$1/iflink")" ] || basename "$it"; done)
ip link set "$other" netns "$2" && ip address add "$3" dev "$1" && ip link set "$1" up && exit 0
ip link delete "$1"; exit 1`;

/** Gives the other end its address. It is the only one of a pair there; a kernel can put tunnels of its own beside it. */
const inside = `link=$(ls /sys/class/net | grep '^veth')
ip address add "$1" dev "$link" && ip link set "$link" up && ip route add default via "$2"`;

/**
 * Puts a machine beside the engine's host: a container of the suite without any network of the engine, and a veth pair between it
 * and the host. What it does not know it sends to the host. Both ends of the pair go with the container.
 * @throws Blocked where the host's links cannot be added to from here
 */
export async function machineBeside({ docker, image, labels, access, host }: OpenedEngine): Promise<MachineBeside> {
  const why = obstacleIn(access);
  if (why !== undefined) throw new Blocked(`no machine can be put beside the engine's host: ${why}`);
  const container = await settingUp('a machine beside the host could not be started', async () => {
    const made = await docker.createContainer({
      Image: image,
      Entrypoint: [],
      Cmd: ['sleep', `${lifetime}`],
      Labels: labels,
      HostConfig: { NetworkMode: 'none', CapAdd: ['NET_ADMIN'], AutoRemove: true },
    });
    await made.start();
    return made;
  });
  const seen = await container.inspect();
  const { subnet, gateway: hostAddress, address: nth } = ownSubnet();
  const [address, link, length] = [nth(2), `uplink${seen.State.Pid}`, subnet.split('/')[1] ?? '24'];
  const must = async (what: string, done: Promise<CommandResult>) => {
    const { exitCode, stderr } = await done;
    if (exitCode !== 0) throw new Blocked(`no machine can be put beside the engine's host: ${what}: ${stderr.trim()}`);
  };
  const words = [link, `${seen.State.Pid}`, `${hostAddress}/${length}`];
  await must('its link cannot be added', host.exec(['sh', '-c', onHost, 'link', ...words]));
  const inMachine = ['sh', '-c', inside, 'link', `${address}/${length}`, hostAddress];
  await must('its address cannot be added', execInContainer(docker, container.id, 'external', inMachine));
  const member = memberOf(seen as unknown as Parameters<typeof memberOf>[0]);
  return {
    hostAddress,
    member: { ...member, name: 'external', networkMode: network, endpoints: { [network]: { address, address6: '', names: [] } } },
  };
}

/** Why links of the host cannot be added from here. */
function obstacleIn(access: OpenedEngine['access']): string | undefined {
  switch (access.kind) {
    case 'unseen':
      return access.why;
    case 'helper':
      return access.privileged
        ? undefined
        : 'the host is out of reach from here (--privileged-diagnosis lets a helper container add the link)';
    case 'here':
      return access.samePids ? undefined : 'the processes of the host have other numbers here';
    case 'lab':
      return undefined;
  }
}
