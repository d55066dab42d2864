import { claim, control, describe, engine, expect, lab, make, read } from '../../helpers';

describe('what a bridge network can be asked for', () => {
  claim('bridge.user.is-the-default-driver', async () => {
    const net = await make.network();
    expect(await net.inspect()).toMatchObject({
      Driver: 'bridge',
      Scope: 'local',
      Internal: false,
      Attachable: false,
      Ingress: false,
      ConfigOnly: false,
    });
  });

  claim('bridge.user.one-ipv4-subnet', async () => {
    const [first, second] = [make.subnet(), make.subnet()].map(({ subnet }) => ({ Subnet: subnet }));
    expect(await make.tryNetwork({ IPAM: { Config: [first, second] } })).toMatchObject({ status: 403 });
    await control(async () => expect(await make.tryNetwork({ IPAM: { Config: [first] } })).toMatchObject({ status: 201 }));
  });

  claim('bridge.user.options-are-checked', async () => {
    const wrong = [
      ['com.docker.network.bridge.enable_icc', 'maybe'],
      ['com.docker.network.bridge.host_binding_ipv4', 'everywhere'],
    ] as const;
    for (const [option, value] of wrong) {
      const Name = make.name();
      const { status } = await make.tryNetwork({ Name, Options: { [option]: value } });
      expect({ option, value, refused: status >= 400 }).toEqual({ option, value, refused: true });
      expect(await engine.networkIfAny(Name)).toBeUndefined();
    }
    const right = { 'com.docker.network.bridge.enable_icc': 'false', 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' };
    await control(async () => expect(await make.tryNetwork({ Options: right })).toMatchObject({ status: 201 }));
  });

  claim('bridge.user.unknown-options-are-kept', async () => {
    const Options = { 'com.docker.network.bridge.enable_ic': 'false', 'example.nobody.knows': 'this' };
    const net = await make.claimed.network({ Options });
    expect((await net.inspect()).Options).toEqual(make.allOptions(Options));
  });

  claim('bridge.user.default-options-are-for-new-networks', async () => {
    const mtu = 'com.docker.network.driver.mtu';
    const own = await lab([`--default-network-opt=bridge=${mtu}=1380`]);
    const [plain, choosing] = await Promise.all([own.make.network(), own.make.claimed.network({ Options: { [mtu]: '1420' } })]);
    const mtuOn = async (NetworkMode: string) =>
      (await read(await own.make.container({ HostConfig: { NetworkMode } }), ['cat', '/sys/class/net/eth0/mtu'])).trim();
    expect(await Promise.all(['bridge', plain.name, choosing.name].map(mtuOn))).toEqual(['1500', '1380', '1420']);
  });
});
