import { claim, context, control, describe, engine, expect, host, listeningAt, mustStart, networkView, topology } from '../../helpers';

/** Where the default bridge publishes: on all addresses of the host, unless its operator chose one (`ip`). */
const bindingAddress = context.engine.defaultBridge?.options['com.docker.network.bridge.host_binding_ipv4'] ?? '0.0.0.0';
const onAllAddresses = bindingAddress === '0.0.0.0';
const localAddress = onAllAddresses ? '127.0.0.1' : bindingAddress;

describe('a container that publishes one of its two ports', () => {
  const lab = topology('half-published');
  const published = () => lab.nginx.hostPort(80, 'tcp', bindingAddress);

  claim('bridge.default.is-what-a-container-gets', async () => {
    const { Id, NetworkSettings } = await lab.nginx.inspect();
    const bridge = await engine.network('bridge');
    const attached = await Promise.all(Object.values(NetworkSettings.Networks ?? {}).map(({ NetworkID }) => engine.network(NetworkID)));
    expect(attached.map((network) => network.Id)).toEqual([bridge.Id]);
    expect(bridge.Containers?.[Id]).toBeDefined();
  });

  claim('bridge.default.container-has-its-own-namespace', async () => {
    const [inside, outside] = await Promise.all([networkView(lab.nginx), networkView(host)]);
    expect(inside.namespace).toMatch(/^net:\[\d+\]$/);
    expect(outside.namespace).toMatch(/^net:\[\d+\]$/);
    expect(inside.namespace).not.toBe(outside.namespace);
  });

  claim('bridge.published.host-reaches-the-container', async () => {
    await mustStart('half-published');
    expect(await host.fetches(`http://${localAddress}:${await published()}`)).toBeReached({ by: lab.nginx });
  });

  claim('bridge.published.docker-proxy-listens', async () => {
    await mustStart('half-published');
    const hostPort = await published();
    const address = (await lab.nginx.endpoint('bridge')).IPAddress;
    const proxies = await host.commandLines('docker-proxy');
    expect(proxies.filter((arguments_) => arguments_.includes(`-host-port ${hostPort} `))).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `-proto tcp -host-ip ${bindingAddress.replaceAll('.', '\\.')} -host-port ${hostPort} -container-ip ${address} -container-port 80\\b`,
        ),
      ),
    );
    expect(await listeningAt(host)).toContain(`${bindingAddress}:${hostPort}`);
  });

  claim('bridge.unpublished.host-port-refuses', async () => {
    const [, unpublished] = lab.nginx.ports;
    const { Gateway } = await lab.nginx.endpoint('bridge');
    const allAnswer = async () => {
      const places = [localAddress, ...(onAllAddresses ? [Gateway] : [])];
      const port = await published();
      const origins = [await lab.nginx.origin('bridge', unpublished), ...places.map((place) => `http://${place}:${port}`)];
      for (const answer of await Promise.all(origins.map((origin) => host.fetches(origin)))) expect(answer).toBeReached({ by: lab.nginx });
    };
    await control(allAnswer);
    // engines lead loopback and the host's other addresses to a container in different ways
    for (const place of ['localhost', Gateway]) expect(await host.fetches(`http://${place}:${unpublished}`)).toBeOutcome('refused');
    await control(allAnswer);
  });
});
