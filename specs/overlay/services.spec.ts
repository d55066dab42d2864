import type { Requirement } from '../../fixtures/claims/model';
import {
  attachedTo,
  claims,
  control,
  eventually,
  expect,
  freePorts,
  lab,
  mustGrant,
  type OwnLab,
  read,
  scene,
  serving,
} from '../../helpers';

const overlayDriver = { docs: 'docs.docker.com/engine/network/drivers/overlay' };
const swarmNetworking = { docs: 'docs.docker.com/engine/swarm/networking' };
const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const swarmTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_swarm_test.go' };
const serviceTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/service/network_linux_test.go' };
const requires: Requirement[] = ['docker-engine', 'own-lab'];

const serviceCreate = { method: 'POST', path: /^\/services\/create$/ } as const;

interface Service {
  ID: string;
  Version: { Index: number };
  Spec: { EndpointSpec?: { Ports?: { PublishMode: string }[] } };
  Endpoint?: { Ports?: { TargetPort: number; PublishedPort: number }[] };
}

interface Task {
  Status: { State: string; ContainerStatus?: { ContainerID?: string } };
  NetworksAttachments?: { Network: { ID: string } }[];
}

/** A lab that is a swarm of its own, and the image that its services have. */
const swarm = scene(async () => {
  const own = await lab([], 'services');
  const { body: bridge } = await own.ask<{ IPAM: { Config: { Gateway: string }[] } }>('GET', '/networks/bridge');
  const state = (await own.ask<{ Swarm: { LocalNodeState: string } }>('GET', '/info')).body.Swarm.LocalNodeState;
  if (state !== 'active')
    mustGrant(
      'a swarm that the claim needs could not be begun',
      await own.ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway }),
    );
  const box = await own.make.container({ started: false });
  return { own, Image: (await own.ask<{ Image: string }>('GET', `/containers/${box.id}/json`)).body.Image };
});

/** What a service is asked for whose tasks answer with its name at this port. */
async function wished({ make }: OwnLab, { networks = [], container = {}, ...more }: Wish, port = 80) {
  const Name = make.name('service');
  const site = `server { listen ${port}; root /usr/share/nginx/html; location = / { return 200 "${Name}"; } }`;
  return {
    Name,
    TaskTemplate: {
      ContainerSpec: {
        Image: (await swarm()).Image,
        Command: serving(site).Entrypoint,
        Args: ['nginx', '-g', 'daemon off;'],
        Labels: make.labels,
        ...container,
      },
      Networks: networks.map((Target) => ({ Target })),
    },
    Mode: { Replicated: { Replicas: 1 } },
    ...more,
  };
}

interface Wish {
  networks?: string[];
  container?: object;
  Mode?: object;
  EndpointSpec?: object;
}

const serviceOf = async (own: OwnLab, name: string) => (await own.ask<Service>('GET', `/services/${name}`)).body;

/** The tasks of a service that run. */
const runningOf = async (own: OwnLab, name: string) => {
  const filters = encodeURIComponent(JSON.stringify({ service: [name], 'desired-state': ['running'] }));
  const { body } = await own.ask<Task[]>('GET', `/tasks?filters=${filters}`);
  return body.filter(({ Status }) => Status.State === 'running');
};

/** The first task of a service, once it runs as `isSo` says. */
const task = async (own: OwnLab, name: string, isSo: (task: Task) => boolean = () => true) => {
  const [found] = await eventually(
    () => runningOf(own, name),
    ([first]) => first !== undefined && isSo(first),
    { within: 20_000 },
  );
  return found;
};

/** Creates a service that the claim needs. */
async function begun(own: OwnLab, wish: Wish, port?: number) {
  const asked = await wished(own, wish, port);
  mustGrant('a service that the claim needs could not be created', await own.ask('POST', '/services/create', asked));
  return asked;
}

/** What a service is asked for otherwise from now on; an update that comes too early is asked for again. */
async function updated(own: OwnLab, name: string, change: object) {
  const once = async () => {
    const { Version, Spec } = await serviceOf(own, name);
    return own.ask('POST', `/services/${name}/update?version=${Version.Index}`, { ...Spec, ...change });
  };
  return eventually(once, ({ message }) => !message.includes('out of sequence'), { within: 5000 });
}

/** A service with settings of its own for names, on the default bridge. */
const named = scene(async () => {
  const { own } = await swarm();
  const asked = await begun(own, {
    container: {
      DNSConfig: { Nameservers: ['192.0.2.7'], Search: ['corporation.example'], Options: ['timeout:7'] },
      Hosts: ['192.0.2.8 there.example'],
    },
  });
  const running = await task(own, asked.Name);
  return { own, id: running?.Status.ContainerStatus?.ContainerID ?? '' };
});

/** A service that publishes at the port of its host. */
const publishing = scene(async () => {
  const { own } = await swarm();
  const net = await own.make.network({ Driver: 'overlay' });
  const port = await freePorts(own.host, 1);
  const Ports = [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: port, PublishMode: 'host' }];
  const asked = await begun(own, { networks: [net.id], EndpointSpec: { Ports } });
  const running = await task(own, asked.Name);
  return { own, net, port, Name: asked.Name, id: running?.Status.ContainerStatus?.ContainerID ?? '' };
});

/** Removes the ingress network, if there is one, with the services that publish by it. */
async function withoutIngress(own: OwnLab) {
  const { body: services } = await own.ask<Service[]>('GET', '/services');
  for (const { ID, Spec } of services)
    if (Spec.EndpointSpec?.Ports?.some(({ PublishMode }) => PublishMode === 'ingress')) await own.ask('DELETE', `/services/${ID}`);
  const { body: networks } = await own.ask<{ Id: string; Ingress: boolean }[]>('GET', '/networks');
  // the node lists one that the swarm has no longer until there is another
  for (const { Id, Ingress } of networks) if (Ingress) await own.ask('DELETE', `/networks/${Id}`);
}

const toThePorts = (Ports: { TargetPort: number; PublishedPort?: number }[]) => ({
  Mode: { Replicated: { Replicas: 0 } },
  EndpointSpec: { Ports: Ports.map((port) => ({ Protocol: 'tcp', PublishMode: 'ingress', ...port })) },
});

/** What came of networks with the mark ingress, and of services that publish by them, one after the other: a swarm has one such network. */
const ingresses = scene(async () => {
  const { own } = await swarm();
  await withoutIngress(own);
  const attachable = await own.make.tryNetwork({ Driver: 'overlay', Ingress: true, Attachable: true });
  const publishingWithout = await own.ask('POST', '/services/create', await wished(own, toThePorts([{ TargetPort: 80 }])));
  const net = await own.make.network({ Driver: 'overlay' });
  const silent = await begun(own, { networks: [net.id] });
  const silentRuns = await task(own, silent.Name);
  const { subnet, gateway } = own.make.subnet();
  const asked = {
    Name: own.make.name('ingress'),
    Driver: 'overlay',
    Ingress: true,
    IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] },
    Options: { 'com.docker.network.driver.mtu': '1200' },
  };
  const made = await own.make.tryNetwork(asked);
  const inspected = () => own.ask<{ Driver?: string }>('GET', `/networks/${made.body.Id}`);
  // the manager allocates what a network has after the answer that creates it
  const seen = await eventually(inspected, ({ body }) => body.Driver !== '', { within: 5000 });
  const publishing = await own.ask<{ ID: string }>('POST', '/services/create', await wished(own, toThePorts([{ TargetPort: 80 }])));
  const whileUsed = await own.ask('DELETE', `/networks/${made.body.Id}`);
  const afterThat = await inspected();
  await own.ask('DELETE', `/services/${publishing.body.ID}`);
  const whileUnused = await own.ask('DELETE', `/networks/${made.body.Id}`);
  const last = await own.make.tryNetwork({ Driver: 'overlay', Ingress: true });
  return { own, attachable, publishingWithout, silent, silentRuns, asked, made, seen, publishing, whileUsed, afterThat, whileUnused, last };
});

export default claims([
  // what the tasks of a service have
  {
    id: 'overlay.service.settings-of-names-reach-its-tasks',
    level: 'must',
    title: "A service's name server, search domain, resolver option and host entry must be in its tasks' files",
    sources: [swarmTests, { docs: 'docs.docker.com/reference/cli/docker/service/create' }],
    observedBy: '/etc/resolv.conf and /etc/hosts in the container of a task that is on the default bridge.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.services-have-no-name-settings',
        title: 'The engine is not told which name servers and hosts a service wants',
        api: [
          { ...serviceCreate, does: 'asks', at: ['TaskTemplate', 'ContainerSpec', 'DNSConfig'], value: {} },
          { ...serviceCreate, does: 'asks', at: ['TaskTemplate', 'ContainerSpec', 'Hosts'], value: [] },
        ],
      },
    ],
    check: async () => {
      const { own, id } = await named();
      const { body } = await own.ask<{ State: { Pid: number } }>('GET', `/containers/${id}/json`);
      const inside = async (file: string) =>
        (await read(own.host, ['cat', `/proc/${body.State.Pid}/root${file}`])).split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
      expect(await inside('/etc/resolv.conf')).toEqual(
        expect.arrayContaining(['nameserver 192.0.2.7', 'search corporation.example', expect.stringMatching(/^options .*timeout:7/)]),
      );
      expect(await inside('/etc/hosts')).toContain('192.0.2.8 there.example');
    },
  },
  {
    id: 'overlay.service.may-be-on-the-host-network',
    level: 'must',
    title: 'A service on the predefined network host must serve at ports of the host itself',
    sources: [networkCreate, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/service_test.go' }],
    observedBy: "curl on the host of the lab fetches the port that the service's task listens on.",
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.services-have-no-networks',
        title: 'The engine is not told which networks a service wants',
        api: [{ ...serviceCreate, does: 'asks', at: ['TaskTemplate', 'Networks'], value: [] }],
      },
    ],
    check: async () => {
      const { own } = await swarm();
      const port = await freePorts(own.host, 1);
      const { Name } = await begun(own, { networks: ['host'] }, port);
      expect(await task(own, Name)).toMatchObject({ Status: { State: 'running' } });
      const seen = await eventually(
        () => own.host.fetches(`http://127.0.0.1:${port}`),
        ({ kind }) => kind === 'reached',
        { within: 3000 },
      );
      expect(seen).toMatchObject({ kind: 'reached', body: Name });
    },
  },
  {
    id: 'overlay.service.follows-an-update-of-its-networks',
    level: 'must',
    title: 'After an update of its networks, a service must be reached on the new one and have left the old',
    sources: [overlayDriver, swarmTests],
    observedBy: 'curl in a container of the new network fetches tasks.SERVICE, and the networks that its tasks are attached to.',
    requires,
    backend: 'iptables',
    faults: ['overlay.updates-of-services-are-lost'],
    check: async () => {
      // while a swarm has no ingress, Engine 20.10 attaches no container to its networks
      await ingresses();
      const { own } = await swarm();
      const [before, after] = await Promise.all([
        own.make.network({ Driver: 'overlay' }),
        own.make.network({ Driver: 'overlay', Attachable: true }),
      ]);
      const client = await own.make.container(attachedTo(after));
      const asked = await begun(own, { networks: [before.id] });
      const attachments = (it?: Task) => (it?.NetworksAttachments ?? []).map(({ Network }) => Network.ID);
      await control(async () => expect(attachments(await task(own, asked.Name))).toEqual([before.id]));
      const TaskTemplate = { ...asked.TaskTemplate, Networks: [{ Target: after.id }] };
      expect((await updated(own, asked.Name, { TaskTemplate })).status).toBe(200);
      expect(attachments(await task(own, asked.Name, (it) => attachments(it).includes(after.id)))).toEqual([after.id]);
      const seen = await eventually(
        () => client.fetches(`http://tasks.${asked.Name}`),
        ({ kind }) => kind === 'reached',
        { within: 5000 },
      );
      expect(seen).toMatchObject({ kind: 'reached', body: asked.Name });
    },
  },
  {
    id: 'overlay.service.runs-on-a-bridge-of-swarm-scope',
    level: 'must',
    title: 'A service must run on a bridge network of swarm scope, in the subnet of its configuration network',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/create/#swarm-networks-with-local-scope-drivers' }, serviceTests],
    observedBy: "The address of the task's container on that network.",
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.configurations-are-empty',
        title: 'The engine is not told what a configuration network holds',
        api: [
          { method: 'POST', path: /^\/networks\/create\b/, does: 'asks', at: ['IPAM'], value: {}, where: { at: ['ConfigOnly'], is: true } },
        ],
      },
    ],
    check: async () => {
      const { own } = await swarm();
      const { subnet } = own.make.subnet();
      const held = await own.make.network({ ConfigOnly: true, IPAM: { Config: [{ Subnet: subnet }] } });
      const Name = own.make.name('net');
      // without labels, which are a configuration, too
      const body = { Name, Driver: 'bridge', Scope: 'swarm', Attachable: true, ConfigFrom: { Network: held.name } };
      const made = await own.ask<{ Id: string }>('POST', '/networks/create', body);
      mustGrant('a network of swarm scope that the claim needs could not be created', made);
      const service = await begun(own, { networks: [Name] });
      const id = (await task(own, service.Name))?.Status.ContainerStatus?.ContainerID ?? '';
      const { Networks } = (
        await own.ask<{ NetworkSettings: { Networks: Record<string, { IPAddress: string }> } }>('GET', `/containers/${id}/json`)
      ).body.NetworkSettings;
      expect(Networks[Name]?.IPAddress).toBeInSubnet(subnet);
    },
  },
  // ports of services
  {
    id: 'overlay.service.host-mode-port-is-listed-once',
    level: 'must',
    title: "A port that a service publishes with mode=host must be listed once for each family with its task's",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/overlay/overlay_test.go' }],
    observedBy: 'The ports of the container in GET /containers/json.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.ports-are-listed-twice',
        title: 'The list of containers tells a port twice',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/json/,
            does: 'answers',
            at: ['*', 'Ports'],
            value: [80, 80].map((PrivatePort) => ({ IP: '0.0.0.0', PrivatePort, PublicPort: 8080, Type: 'tcp' })),
          },
        ],
      },
    ],
    check: async () => {
      const { own, port, id } = await publishing();
      const { body } = await own.ask<{ Id: string; Ports: { IP: string; PrivatePort: number; PublicPort?: number }[] }[]>(
        'GET',
        '/containers/json',
      );
      const listed = (body.find(({ Id }) => Id === id)?.Ports ?? []).map(
        ({ IP, PrivatePort, PublicPort }) => `${IP} ${PublicPort} ${PrivatePort}`,
      );
      expect(listed).toContain(`0.0.0.0 ${port} 80`);
      expect(listed).toEqual([...new Set(listed)]);
      for (const it of listed) expect([`0.0.0.0 ${port} 80`, `:: ${port} 80`]).toContain(it);
    },
  },
  {
    id: 'overlay.service.ports-can-be-added',
    level: 'must',
    title: 'An update must add ports to a service, several to one port of its tasks, and refuse a number twice',
    sources: [swarmTests, { docs: 'docs.docker.com/reference/cli/docker/service/update' }],
    observedBy: "The answers to updates of a service without tasks, and the ports that the service's object tells after them.",
    requires,
    backend: 'iptables',
    faults: ['overlay.updates-of-services-are-lost'],
    check: async () => {
      const { own, last } = await ingresses();
      await control(() => expect(last).toMatchObject({ status: 201 }));
      const { Name } = await begun(own, toThePorts([]));
      const first = await freePorts(own.host, 3);
      const both = [
        { TargetPort: 80, PublishedPort: first },
        { TargetPort: 80, PublishedPort: first + 1 },
      ];
      expect((await updated(own, Name, toThePorts([...both, { TargetPort: 80 }]))).status).toBe(200);
      const ports = async () => ((await serviceOf(own, Name)).Endpoint?.Ports ?? []).map(({ PublishedPort }) => PublishedPort);
      const seen = await eventually(ports, ({ length }) => length === 3, { within: 5000 });
      expect(seen).toHaveLength(3);
      expect(new Set(seen).size).toBe(3);
      expect(seen).toEqual(expect.arrayContaining([first, first + 1]));
      expect((await updated(own, Name, toThePorts([...both, { TargetPort: 20, PublishedPort: first }]))).status).toBeGreaterThanOrEqual(
        400,
      );
    },
  },
  // a service's networks, as they are inspected
  {
    id: 'overlay.inspect.verbose-tells-services-and-tasks',
    level: 'must',
    title: 'Verbose inspection of an overlay network must list its services and tasks, by name, id and its start',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/network/inspect' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/inspect_test.go' },
    ],
    observedBy: 'The network object of an overlay with one service of one task, asked for with verbose and without.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.inspection-is-never-verbose',
        title: 'Networks are inspected without verbose',
        api: [{ method: 'GET', path: /^\/networks\/[\w-]+\?verbose=true/, does: 'rewrites', from: /verbose=true/, to: 'verbose=false' }],
      },
    ],
    check: async () => {
      const { own, net, Name } = await publishing();
      interface Verbose {
        Services?: Record<string, { VIP: string; Tasks: { EndpointIP: string }[] | null }>;
      }
      const services = async (name: string, query = '?verbose=true') =>
        (await own.ask<Verbose>('GET', `/networks/${name}${query}`)).body.Services;
      await control(async () => expect(await services(net.id, '')).toBeUndefined());
      for (const name of [net.id, net.id.slice(0, 11), net.name]) {
        const told = await eventually(
          () => services(name),
          (seen) => seen?.[Name]?.Tasks?.length === 1,
          { within: 5000 },
        );
        expect(told?.[Name] ?? {}).toMatchObject({
          VIP: expect.stringMatching(/^10\./),
          Tasks: [{ EndpointIP: expect.stringMatching(/^10\./) }],
        });
      }
    },
  },
  // the ingress network, removed and made anew
  {
    id: 'overlay.ingress.can-be-made-anew',
    level: 'must',
    title: 'ingress must be removable, and be made anew under another name with a subnet and options of choice',
    sources: [swarmNetworking, swarmTests],
    observedBy: 'The answers to both requests, and the object of the new network.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.ingress-has-no-subnet-of-choice',
        title: 'The engine is not told which subnet a network is to have',
        api: [{ method: 'POST', path: /^\/networks\/create\b/, does: 'asks', at: ['IPAM'], value: {} }],
      },
    ],
    check: async () => {
      const { own, asked, made, seen, whileUnused, publishing } = await ingresses();
      expect(made.status).toBe(201);
      expect(seen.body).toMatchObject(asked);
      expect(whileUnused.status).toBe(204);
      await control(async () => expect(await own.ask('GET', `/services/${publishing.body.ID}`)).toMatchObject({ status: 404 }));
    },
  },
  {
    id: 'overlay.ingress.is-not-attachable',
    level: 'must',
    title: 'An ingress network that is to be attachable must be refused',
    sources: [networkCreate],
    observedBy: 'The answer to the request for one, where there is none; the same without Attachable is granted.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.attachable-is-not-asked-for',
        title: 'The engine is not told that a network is to be attachable',
        api: [{ method: 'POST', path: /^\/networks\/create\b/, does: 'asks', at: ['Attachable'], value: false }],
      },
    ],
    check: async () => {
      const { own, attachable, made, publishing } = await ingresses();
      await control(() => expect(made).toMatchObject({ status: 201 }));
      await control(async () => expect(await own.ask('GET', `/services/${publishing.body.ID}`)).toMatchObject({ status: 404 }));
      expect(attachable.status).toBe(400);
    },
  },
  {
    id: 'overlay.ingress.used-one-is-not-removed',
    level: 'must',
    title: 'The ingress network must not be removed while a service publishes, and must be once none does',
    sources: [swarmNetworking, swarmTests],
    observedBy: 'The answers to both removals, and the network after the first.',
    requires,
    backend: 'iptables',
    faults: ['overlay.used-networks-are-removed'],
    check: async () => {
      const { own, asked, publishing, whileUsed, afterThat, whileUnused } = await ingresses();
      await control(() => expect(publishing).toMatchObject({ status: 201 }));
      await control(async () => expect(await own.ask('GET', `/services/${publishing.body.ID}`)).toMatchObject({ status: 404 }));
      expect(whileUsed.status).toBeGreaterThanOrEqual(400);
      expect(afterThat).toMatchObject({ status: 200, body: { Name: asked.Name, Ingress: true } });
      await control(() => expect(whileUnused).toMatchObject({ status: 204 }));
    },
  },
  {
    id: 'overlay.ingress.only-publishing-needs-it',
    level: 'must',
    title: 'Without ingress, a service that publishes by it must be refused, and one that does not must run',
    sources: [swarmTests],
    observedBy: 'The answers to both creations, and the task of the second, which is in an overlay of its own.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.services-do-not-publish',
        title: 'The engine is not told which ports a service publishes',
        api: [{ ...serviceCreate, does: 'asks', at: ['EndpointSpec'], value: {} }],
      },
    ],
    check: async () => {
      const { own, publishingWithout, silent, silentRuns, publishing } = await ingresses();
      expect(publishingWithout.status).toBeGreaterThanOrEqual(400);
      expect(silentRuns).toMatchObject({ Status: { State: 'running' } });
      expect(await own.ask('GET', `/services/${silent.Name}`)).toMatchObject({ status: 200, body: { Spec: { Name: silent.Name } } });
      await control(() => expect(publishing).toMatchObject({ status: 201 }));
    },
  },
]);
