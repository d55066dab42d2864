import { claim, control, describe, expect, externalHost, lab, make, mustRun, read, scene, serving, tellsWhoAsks } from '../../helpers';

describe('what a container sends', () => {
  /** A container on a network of its own, and two machines, each beside the host at a link of its own. */
  const town = scene(async () => {
    const own = await lab();
    const { subnet, gateway } = own.make.subnet();
    const [net, far, further] = await Promise.all([
      own.make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } }),
      externalHost(own, { member: 'far', ...serving(tellsWhoAsks) }),
      externalHost(own, { member: 'further', ...serving(tellsWhoAsks) }),
    ]);
    const box = await own.make.container({ member: 'box', HostConfig: { NetworkMode: net.name, CapAdd: ['NET_RAW'] } });
    return { own, net, gateway, far, further, box };
  });

  claim('nat.egress.neighbours-see-the-host', async () => {
    const { far, box } = await town();
    const answer = await box.fetches(`http://${far.address}`);
    expect(answer).toBeReached({ by: far.machine });
    expect(answer).toMatchObject({ body: far.hostAddress });
  });

  claim('nat.egress.leaves-with-the-address-of-its-link', async () => {
    const { far, further, box } = await town();
    for (const { address, machine, hostAddress } of [far, further]) {
      const answer = await box.fetches(`http://${address}`);
      expect(answer).toBeReached({ by: machine });
      expect(answer).toMatchObject({ body: hostAddress });
    }
  });

  claim('nat.egress.needs-no-route-back', async () => {
    const { own, box } = await town();
    const narrow = await externalHost(own, { member: 'narrow' });
    await mustRun(narrow.machine, ['ip', 'route', 'del', 'default']);
    await control(async () => expect(await own.host.fetches(`http://${narrow.address}`)).toBeReached({ by: narrow.machine }));
    expect(await box.fetches(`http://${narrow.address}`)).toBeReached({ by: narrow.machine });
    // ping ends with 1 where no answer came: what else there is, is no answer of the network
    const pinged = await read(box, ['sh', '-c', 'ping -c 1 -W 2 "$0" || [ $? = 1 ]', narrow.address]);
    expect(pinged).toMatch(/ 1 (packets )?received/);
  });

  claim('nat.egress.option-names-the-address', async () => {
    const { own, far } = await town();
    const second = far.hostAddress.replace(/\d+$/, '99');
    await mustRun(own.host, ['ip', 'address', 'replace', `${second}/24`, 'dev', far.link]);
    const net = await own.make.claimed.network({ Options: { 'com.docker.network.host_ipv4': second } });
    const box = await own.make.container({ HostConfig: { NetworkMode: net.name } });
    const answer = await box.fetches(`http://${far.address}`);
    expect(answer).toBeReached({ by: far.machine });
    expect(answer).toMatchObject({ body: second });
  });

  /** A container whose network's traffic is not masqueraded, and may be answered from these interfaces of the host. */
  async function unmasked({ make: making }: Awaited<ReturnType<typeof lab>>, trusted: Record<string, string>) {
    const Options = { 'com.docker.network.bridge.enable_ip_masquerade': 'false', ...trusted };
    const net = await making.claimed.network({ Options });
    return { net, box: await making.container({ HostConfig: { NetworkMode: net.name } }) };
  }

  const trusting = (link: string) => ({ 'com.docker.network.bridge.trusted_host_interfaces': link });

  claim('nat.egress.untrusted-interface-brings-no-answer', async () => {
    const { own, far } = await town();
    const [trusted, alone] = await Promise.all([unmasked(own, trusting(far.link)), unmasked(own, {})]);
    const answersTheOther = async () => expect(await trusted.box.fetches(`http://${far.address}`)).toBeReached({ by: far.machine });
    await control(answersTheOther);
    expect(await alone.box.fetches(`http://${far.address}`)).toBeOutcome('timed-out');
    await control(answersTheOther);
  });

  claim('nat.egress.option-keeps-the-containers-address', async () => {
    const { own, far } = await town();
    const { net, box } = await unmasked(own, trusting(far.link));
    const answer = await box.fetches(`http://${far.address}`);
    expect(answer).toBeReached({ by: far.machine });
    expect(answer).toMatchObject({ body: (await box.endpoint(net.name)).IPAddress });
  });

  claim('nat.inside.host-sees-the-container', async () => {
    const { own, net, gateway, box } = await town();
    const onHost = await own.make.server({ member: 'on-host', ...serving(tellsWhoAsks), HostConfig: { NetworkMode: 'host' } });
    const answer = await box.fetches(`http://${gateway}`);
    expect(answer).toBeReached({ by: onHost });
    expect(answer).toMatchObject({ body: (await box.endpoint(net.name)).IPAddress });
  });

  claim('nat.inside.peer-sees-the-container', async () => {
    const net = await make.network();
    const [box, peer] = await Promise.all([
      make.container({ member: 'box', HostConfig: { NetworkMode: net.name } }),
      make.server({ member: 'peer', ...serving(tellsWhoAsks), HostConfig: { NetworkMode: net.name } }),
    ]);
    const answer = await box.fetches(await peer.origin(net.name));
    expect(answer).toBeReached({ by: peer });
    expect(answer).toMatchObject({ body: (await box.endpoint(net.name)).IPAddress });
  });
});
