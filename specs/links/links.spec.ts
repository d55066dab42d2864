import { ask, asksNobodyElse, attachedTo, claims, control, eventually, expect, make, read, scene } from '../../helpers';

const legacyLinks = { docs: 'docs.docker.com/engine/network/links' };
const userBridges = {
  docs: 'docs.docker.com/engine/network/drivers/bridge/#differences-between-user-defined-bridges-and-the-default-bridge',
};
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const noVariables = {
  version: '29.0.0',
  source: 'variables of links are set only where an operator asks for them, Engine 29.0 release notes',
};

const start = (id: string) => ask('POST', `/containers/${id}/start`);
const linkTo = (source: { containerName: string }, name: string) => `${source.containerName}:${name}`;

/** The environment of the first process of a container, as `NAME=value`, without what every container is told of itself. */
async function environmentOf(container: Parameters<typeof read>[0]): Promise<string[]> {
  return (await read(container, ['cat', '/proc/1/environ']))
    .split('\0')
    .filter((variable) => variable !== '' && !variable.startsWith('HOSTNAME='));
}

/** The variables of a container whose names begin as those of a link do, without that beginning. */
async function variablesOf(container: Parameters<typeof environmentOf>[0], link: string): Promise<string[]> {
  const prefix = `${link.toUpperCase().replaceAll('-', '_')}_`;
  return (await environmentOf(container)).flatMap((variable) => (variable.startsWith(prefix) ? variable.slice(prefix.length) : []));
}

/** The source, which exposes a port of its own besides that of its image, a recipient, and another container. */
const linked = scene(async () => {
  const [name, hostName] = [make.name('link'), make.name('host')];
  const source = await make.server({
    member: 'source',
    Hostname: hostName,
    ExposedPorts: { '5432/tcp': {} },
    Env: ['SECRET=of the source'],
  });
  const [recipient, other] = await Promise.all([
    make.claimed.container({ member: 'recipient', HostConfig: { Links: [linkTo(source, name)] } }),
    make.container({ member: 'other', HostConfig: asksNobodyElse }),
  ]);
  return { name, hostName, source, recipient, other };
});

const linkedOnUserNetwork = scene(async () => {
  const [net, name] = [await make.network(), make.name('link')];
  const on = (endpoint: object = {}, more: object = {}) => ({
    ...attachedTo(net, more),
    NetworkingConfig: { EndpointsConfig: { [net.name]: endpoint } },
  });
  const source = await make.server({ member: 'source', Env: ['SECRET=of the source'], ...on() });
  const [recipient, other] = await Promise.all([
    make.claimed.container({ member: 'recipient', ...on({ Links: [linkTo(source, name)] }) }),
    make.container({ member: 'other', ...on({}, asksNobodyElse) }),
  ]);
  return { name, source, recipient, other };
});

/** Hosts files of all containers, on the host. */
const hostsFiles = '/var/lib/docker/containers/*/hosts';

export default claims([
  // a link on the default bridge
  {
    id: 'link.default.names-lead-to-the-source',
    level: 'must',
    title: 'On the default bridge, a container must reach its --link source by alias, name and host name',
    sources: [legacyLinks],
    observedBy: "curl inside the recipient fetches each of the three; the answers carry the source's token.",
    requires: ['default-bridge'],
    faults: ['links.are-lost', 'links.sources-are-plain'],
    check: async () => {
      const { name, hostName, source, recipient } = await linked();
      for (const it of [name, source.containerName, hostName]) expect(await recipient.fetches(`http://${it}`)).toBeReached({ by: source });
    },
  },
  {
    id: 'link.default.is-the-recipients-alone',
    level: 'must',
    title: 'The name of a --link must not resolve for other containers of the default bridge',
    sources: [{ docs: 'docs.docker.com/engine/network/dns' }],
    observedBy:
      'curl inside another container, which reaches the source by its address, and inside the recipient, which reaches it by the name.',
    requires: ['default-bridge', 'default-bridge-icc'],
    faults: [
      'links.are-lost',
      {
        id: 'links.hosts-files-are-one',
        title: 'Each container has the lines of the hosts files of all',
        inject: `cat ${hostsFiles} >/run/trial.hosts 2>/dev/null || :; for file in ${hostsFiles}; do cp "$file" "$file.own" 2>/dev/null || continue; cat /run/trial.hosts >"$file"; done`,
        undo: `for file in ${hostsFiles}; do [ ! -e "$file.own" ] || cat "$file.own" >"$file"; done`,
      },
    ],
    check: async () => {
      const { name, source, recipient, other } = await linked();
      const bothReachIt = async () => {
        expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source });
        expect(await other.fetches(source)).toBeReached({ by: source });
      };
      await control(bothReachIt);
      expect(await other.fetches(`http://${name}`)).toBeOutcome('name-unknown');
      await control(bothReachIt);
    },
  },
  {
    id: 'link.default.variables-tell-the-ports',
    level: 'must',
    title: "On the default bridge, a --link must tell its source's IPv4 and exposed TCP ports in the environment",
    sources: [legacyLinks],
    observedBy: "The environment of the recipient's first process.",
    requires: ['default-bridge'],
    until: { ...noVariables, replacedBy: 'link.default.sets-no-variables' },
    faults: ['links.are-lost', 'links.sources-are-plain'],
    check: async () => {
      const { name, source, recipient } = await linked();
      const { IPAddress } = await source.endpoint('bridge');
      const ofPort = (port: number) => [
        `PORT_${port}_TCP=tcp://${IPAddress}:${port}`,
        `PORT_${port}_TCP_ADDR=${IPAddress}`,
        `PORT_${port}_TCP_PORT=${port}`,
        `PORT_${port}_TCP_PROTO=tcp`,
      ];
      const expected = [`NAME=/${recipient.containerName}/${name}`, `PORT=tcp://${IPAddress}:80`, ...ofPort(80), ...ofPort(5432)];
      expect(await variablesOf(recipient, name)).toEqual(expect.arrayContaining(expected));
    },
  },
  {
    id: 'link.default.variables-copy-the-sources',
    level: 'must',
    title: "On the default bridge, a --link must copy the source's environment variables to the container",
    sources: [legacyLinks],
    observedBy: "The environment of the recipient's first process.",
    requires: ['default-bridge'],
    until: { ...noVariables, replacedBy: 'link.default.sets-no-variables' },
    faults: ['links.are-lost', 'links.sources-are-plain'],
    check: async () => {
      const { name, recipient } = await linked();
      expect(await variablesOf(recipient, name)).toContain('ENV_SECRET=of the source');
    },
  },
  {
    id: 'link.default.sets-no-variables',
    level: 'should',
    title: 'With --link, the environment must hold no variables of the source, unless operators ask for them',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/29' }],
    observedBy: "The environment of the recipient's first process, while /etc/hosts there has the name that was given to the source.",
    requires: ['docker-engine', 'default-bridge'],
    since: noVariables,
    faults: [
      {
        id: 'links.variables-are-set',
        title: 'The engine is asked for variables such as those of a link',
        mayKill: 'any',
        api: [
          {
            method: 'POST',
            path: /^\/containers\/create\?name=dnc-recipient-/,
            does: 'asks',
            at: ['Env'],
            value: ['DB_NAME=/recipient/db', 'DB_PORT=tcp://192.0.2.1:80', 'DB_ENV_SECRET=of the source'],
          },
        ],
      },
    ],
    check: async () => {
      const { name, recipient } = await linked();
      await control(async () => expect(await read(recipient, ['cat', '/etc/hosts'])).toContain(name));
      expect((await environmentOf(recipient)).filter((variable) => /^[^=]+_(NAME|PORT(_\w+)?|ENV_\w+)=/.test(variable))).toEqual([]);
    },
  },
  {
    id: 'link.default.follows-a-restarted-source',
    level: 'must',
    title: 'With --link, the source must be reached by name after it has come back with another IPv4 address',
    sources: [legacyLinks],
    observedBy: 'curl inside the recipient; another container takes the address of the source meanwhile.',
    requires: ['default-bridge', 'default-bridge-icc'],
    faults: [
      'links.are-lost',
      {
        id: 'links.hosts-files-stay-as-they-were',
        title: 'A process of the host sets a hosts file with a link back to what it was first',
        inject: `(set +e; while :; do
        for file in ${hostsFiles}; do
          if [ -e "$file.first" ]; then cmp -s "$file.first" "$file" || cat "$file.first" >"$file"
          elif grep -qw source "$file"; then cp "$file" "$file.first"; fi
        done
        sleep 0.02
      done) >/dev/null 2>&1 </dev/null & echo $! >/run/trial.pid`,
        undo: 'kill "$(cat /run/trial.pid)"',
      },
    ],
    check: async () => {
      const source = await make.server({ member: 'source' });
      const recipient = await make.claimed.container({ member: 'recipient', HostConfig: { Links: [linkTo(source, 'source')] } });
      const before = await source.origin();
      // the default bridge is everybody's: who comes meanwhile may get another address that is free
      const restarted = async () => {
        await source.stop();
        await make.container({ member: 'instead' });
        await source.start();
        return source.origin();
      };
      await control(async () => expect(await eventually(restarted, (origin) => origin !== before, { within: 10_000 })).not.toBe(before));
      expect(
        await eventually(
          () => recipient.fetches('http://source'),
          ({ kind }) => kind === 'reached',
          { within: 5000 },
        ),
      ).toBeReached({ by: source });
    },
  },
  {
    id: 'link.inspect.lists-both-ends',
    level: 'must',
    title: 'On the default bridge, HostConfig.Links must name a --link as /SOURCE:/CONTAINER/ALIAS',
    sources: [legacyLinks, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_links_test.go' }],
    observedBy: 'The container object.',
    requires: ['default-bridge'],
    faults: [
      'links.are-lost',
      {
        id: 'links.are-told-as-asked-for',
        title: 'The object of a container tells links without the container itself',
        api: [
          { method: 'GET', path: /^\/containers\/[^/]+\/json$/, does: 'answers', at: ['HostConfig', 'Links'], value: ['/source:/link'] },
        ],
      },
    ],
    check: async () => {
      const { name, source, recipient } = await linked();
      const { Links } = (await recipient.inspect()).HostConfig as { Links?: string[] };
      expect(Links).toEqual([`/${source.containerName}:/${recipient.containerName}/${name}`]);
    },
  },
  {
    id: 'link.default.source-elsewhere-is-refused',
    level: 'must',
    title: 'On the default bridge, a container with a --link must start only once its source is there, too',
    sources: [networkTests],
    observedBy: "The API's answer to starting it, before and after the other one is connected to the default bridge.",
    requires: ['default-bridge'],
    faults: ['links.are-lost'],
    check: async () => {
      const net = await make.network();
      const far = await make.container({ member: 'far', ...attachedTo(net) });
      const recipient = await make.claimed.container({ started: false, HostConfig: { Links: [linkTo(far, 'source')] } });
      expect((await start(recipient.id)).status).toBeGreaterThanOrEqual(400);
      expect(await ask('POST', '/networks/bridge/connect', { Container: far.id })).toMatchObject({ status: 200 });
      expect(await start(recipient.id)).toMatchObject({ status: 204 });
    },
  },
  {
    id: 'link.default.missing-source-is-refused',
    level: 'must',
    title: 'Creating a container with a --link to an unknown source must be refused, and name it',
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/daemon_unix.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_links_test.go' },
    ],
    observedBy: "The API's answer.",
    requires: ['default-bridge'],
    faults: ['links.are-lost'],
    check: async () => {
      const nobody = make.name('nobody');
      const { status, message } = await make.tryContainer({ HostConfig: { Links: [`${nobody}:source`] } });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toEqual(expect.stringContaining(nobody));
    },
  },
  // a link on a user-defined network
  {
    id: 'link.user-network.name-leads-to-the-source',
    level: 'must',
    title: 'A --link on a user-defined network must resolve to its source',
    sources: [networkTests, { docs: 'docs.docker.com/reference/cli/docker/network/connect/#link' }],
    observedBy: "curl inside the recipient fetches the name; the answer carries the source's token.",
    faults: ['links.are-lost'],
    check: async () => {
      const { name, source, recipient } = await linkedOnUserNetwork();
      expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source });
    },
  },
  {
    id: 'link.user-network.is-the-recipients-alone',
    level: 'observed',
    title: 'The name of a --link on a user-defined network must not resolve for other containers',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network.go' }],
    observedBy:
      'curl inside another container, which reaches the source by its own name, and inside the recipient, which reaches it by the name of the link.',
    requires: ['docker-engine'],
    faults: ['links.are-lost'],
    check: async () => {
      const { name, source, recipient, other } = await linkedOnUserNetwork();
      const bothReachIt = async () => {
        expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source });
        expect(await other.fetches(`http://${source.containerName}`)).toBeReached({ by: source });
      };
      await control(bothReachIt);
      expect(await other.fetches(`http://${name}`)).toBeOutcome('name-unknown');
      await control(bothReachIt);
    },
  },
  {
    id: 'link.user-network.sets-no-variables',
    level: 'must',
    title: 'A --link on a user-defined network must add no environment variables',
    sources: [legacyLinks, userBridges],
    observedBy:
      "The environment of the recipient's first process, which is that of a container without a link; the recipient does reach its source by the name of the link.",
    requires: ['docker-engine'],
    faults: [
      'links.are-lost',
      {
        id: 'links.recipients-get-variables',
        title: 'A recipient is given variables of its source, wherever the two are',
        api: [
          {
            method: 'POST',
            path: /^\/containers\/create\?name=dnc-recipient-/,
            does: 'asks',
            at: ['Env'],
            value: ['SOURCE_PORT=tcp://192.0.2.7:80'],
          },
        ],
      },
    ],
    check: async () => {
      const { name, source, recipient, other } = await linkedOnUserNetwork();
      await control(async () => expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source }));
      expect(await environmentOf(recipient)).toEqual(await environmentOf(other));
    },
  },
  // links on the default bridge
  {
    id: 'link.default.outlives-a-new-name-of-its-source',
    level: 'must',
    title: 'On the default bridge, the alias of a --link must still lead to its source after that was renamed',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_links_test.go' }],
    observedBy: 'curl inside the recipient fetches the alias, before and after the source gets another name.',
    requires: ['default-bridge', 'default-bridge-icc'],
    faults: ['links.are-lost'],
    check: async () => {
      const source = await make.server({ member: 'source' });
      const recipient = await make.claimed.container({ member: 'recipient', HostConfig: { Links: [linkTo(source, 'source')] } });
      expect((await ask('POST', `/containers/${source.id}/rename?name=${make.name('renamed')}`)).status).toBe(204);
      expect(await recipient.fetches('http://source')).toBeReached({ by: source });
    },
  },
  {
    id: 'link.default.to-host-mode-is-refused',
    level: 'must',
    title: 'Creating a container with a --link to one in host mode must be refused with 400',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_links_test.go' }],
    observedBy: "The API's answer; a link to a container on the default bridge is granted.",
    requires: ['default-bridge'],
    faults: ['links.are-lost'],
    check: async () => {
      const { source } = await linked();
      const onHost = await make.container({ member: 'on-host', HostConfig: { NetworkMode: 'host' } });
      const attempt = async (to: { containerName: string }) =>
        (await make.tryContainer({ HostConfig: { Links: [linkTo(to, 'link')] } })).status;
      await control(async () => expect(await attempt(source)).toBe(201));
      expect(await attempt(onHost)).toBe(400);
    },
  },
]);
