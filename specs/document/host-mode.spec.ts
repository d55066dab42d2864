import {
  ask,
  claim,
  cli,
  context,
  control,
  describe,
  engine,
  eventually,
  expect,
  host,
  mustStart,
  networkView,
  once,
  topology,
} from '../../helpers';

describe('an nginx in host mode', () => {
  const lab = topology('host-mode');
  const localhost = () => `http://localhost:${lab.nginx.ports[0]}`;

  const endpoint = () => lab.nginx.endpoint('host');

  claim('host.shares-the-hosts-network-namespace', async () => {
    await mustStart('host-mode');
    const [inside, outside] = await Promise.all([networkView(lab.nginx), networkView(host)]);
    expect(inside.namespace).toMatch(/^net:\[\d+\]$/);
    expect(inside.namespace).toBe(outside.namespace);
  });

  claim('host.run-returns-a-64-digit-id', async () => {
    await mustStart('host-mode');
    expect(lab.nginx.id).toBeHexDigits(64);
    expect((await lab.nginx.inspect()).Id).toBe(lab.nginx.id);
  });

  claim('host.inspect.bridge-field-is-empty', async () => {
    expect((await lab.nginx.inspect()).NetworkSettings.Bridge).toBe('');
  });

  claim('host.inspect.sandbox-id-is-64-digits', async () => {
    expect((await lab.nginx.inspect()).NetworkSettings.SandboxID).toBeHexDigits(64);
  });

  claim('host.inspect.host-is-the-only-network', async () => {
    const { HostConfig, NetworkSettings } = await lab.nginx.inspect();
    expect(HostConfig.NetworkMode).toBe('host');
    expect(Object.keys(NetworkSettings.Networks ?? {})).toEqual(['host']);
  });

  claim('host.inspect.configuration-is-null', async () => {
    expect(await endpoint()).toMatchObject({ IPAMConfig: null, Links: null, Aliases: null, DriverOpts: null });
  });

  claim('host.inspect.network-id-is-the-host-networks', async () => {
    const { Id } = await engine.network('host');
    expect(Id).toBeHexDigits(64);
    expect((await endpoint()).NetworkID).toBe(Id);
  });

  claim('host.inspect.endpoint-id-is-64-digits-while-running', async () => {
    const id = (await endpoint()).EndpointID;
    expect(id).toBeHexDigits(64);
    expect((await engine.network('host')).Containers?.[lab.nginx.id]?.EndpointID).toBe(id);
  });

  claim('host.inspect.ipv4-fields-are-empty', async () => {
    expect(await endpoint()).toMatchObject({ Gateway: '', IPAddress: '', IPPrefixLen: 0 });
  });

  claim('host.inspect.ipv6-fields-are-empty', async () => {
    expect(await endpoint()).toMatchObject({ IPv6Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0 });
  });

  claim('host.inspect.mac-address-is-empty', async () => {
    expect(await endpoint()).toMatchObject({ MacAddress: '' });
  });

  claim('host.needs-no-published-port', async () => {
    expect(await host.fetches(localhost())).toBeReached({ by: lab.nginx });
    const { HostConfig, NetworkSettings } = await lab.nginx.inspect();
    expect(HostConfig.PortBindings ?? {}).toEqual({});
    expect(NetworkSettings.Ports).toEqual({});
  });

  claim('host.localhost-shows-the-welcome-page', async () => {
    const page = await host.fetches('http://localhost');
    expect(page).toBeReached({ by: lab.nginx });
    expect(page).toShowWelcomePage();
  });

  describe('stopped and removed', () => {
    /** The two commands of the document, run once, with what was there between and after them. */
    const removal = once(async () => {
      const { id, containerName } = lab.nginx;
      const [page, containers, network, container] = await Promise.all([
        host.fetches(localhost()),
        engine.containerIds(),
        engine.networkIfAny('host'),
        lab.nginx.inspect(),
      ]);
      const before = { page, containers, network, container };
      const stopped = context.cli ? await cli.docker('stop', containerName) : await lab.nginx.stop();
      const exited = await lab.nginx.inspect();
      const removed = context.cli ? await cli.docker('rm', containerName) : await lab.nginx.remove();
      return { id, containerName, before, stopped, exited, removed };
    });

    claim('host.stop-prints-the-name', async () => {
      const { containerName, stopped, exited } = await removal();
      expect(stopped.trim()).toBe(containerName);
      expect(exited.State.Running).toBe(false);
    });

    claim('host.inspect.endpoint-id-is-empty-after-exit', async () => {
      const { before, exited } = await removal();
      const { Networks } = exited.NetworkSettings;
      await control(() => expect(before.container.NetworkSettings.Networks?.['host']?.EndpointID).toBeHexDigits(64));
      expect(Object.keys(Networks ?? {})).toEqual(['host']);
      expect(Networks?.['host']?.EndpointID).toBe('');
    });

    claim('host.inspect.sandbox-id-stays-after-exit', async () => {
      const { before, exited } = await removal();
      const { SandboxID } = before.container.NetworkSettings;
      expect(SandboxID).toEqual(expect.stringMatching(/./));
      expect(exited.NetworkSettings.SandboxID).toBe(SandboxID);
    });

    claim('host.inspect.sandbox-id-is-empty-after-exit', async () => {
      const { before, exited } = await removal();
      await control(() => expect(before.container.NetworkSettings.SandboxID).toEqual(expect.stringMatching(/./)));
      expect(exited.NetworkSettings.SandboxID).toBe('');
    });

    claim('host.rm-prints-the-name', async () => {
      const { containerName, removed } = await removal();
      expect(removed.trim()).toBe(containerName);
    });

    claim('host.removed.container-is-gone', async () => {
      const { id, before } = await removal();
      await control(() => expect(before.containers).toContain(id));
      expect(await engine.containerIds()).not.toContain(id);
      expect((await ask('GET', `/containers/${id}/json`)).status).toBe(404);
    });

    claim('host.removed.listener-is-gone', async () => {
      const { before } = await removal();
      await control(() => expect(before.page).toBeReached({ by: lab.nginx }));
      expect(
        await eventually(
          () => host.fetches(localhost()),
          ({ kind }) => kind === 'refused',
          { within: 3000 },
        ),
      ).toBeOutcome('refused');
    });

    claim('host.removed.endpoint-is-gone', async () => {
      const { id, before } = await removal();
      await control(() => expect(before.network?.Containers?.[id]).toBeDefined());
      const { Containers } = await engine.network('host');
      expect(Containers).toEqual(expect.any(Object));
      expect(Containers?.[id]).toBeUndefined();
    });
  });
});
