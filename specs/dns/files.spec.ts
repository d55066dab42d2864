import { create } from '../../fixtures/faults/trials/dns';
import { attachedTo, claims, control, eventually, expect, freePorts, host, lab, lookUp, make, mustRun, read, scene } from '../../helpers';

const dns = { docs: 'docs.docker.com/engine/network/dns' };
const run = { docs: 'docs.docker.com/reference/cli/docker/container/run' };
const runTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const podmanTests = { docs: 'github.com/containers/podman/blob/c6580b4/test/system/500-networking.bats' };

/** A server on a network of its own, and a container there whose processes are of no user that it knows. */
const unprivileged = scene(async () => {
  const net = await make.network();
  const [server, client] = await Promise.all([make.server(attachedTo(net)), make.container({ User: '4711:4711', ...attachedTo(net) })]);
  return { net, server, client };
});

/** Where the suite's servers tell who they are. */
const identity = '/conformance-identity';

const files = ['/etc/hosts', '/etc/resolv.conf', '/etc/hostname'];

export default claims([
  // the files that an engine gives a container
  {
    id: 'dns.files.are-readable-by-all',
    level: 'observed',
    title: "A container's hosts, resolv.conf and hostname must be root's, and readable by every user",
    sources: [podmanTests],
    observedBy: 'Owner and mode of the files, and that a process without privileges reads them.',
    faults: [
      {
        id: 'dns.files-are-of-the-host',
        title: 'The engine is asked to mount a file that root alone reads over those of each container',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'Binds'], value: files.map((file) => `/etc/shadow:${file}`) }],
        inject: 'touch /etc/shadow; chmod 600 /etc/shadow',
        undo: 'true',
      },
    ],
    check: async () => {
      const { client } = await unprivileged();
      for (const file of files) {
        expect((await read(client, ['stat', '-c', '%u %g %a', file])).trim()).toBe('0 0 644');
        expect((await client.execByEngine(['cat', file])).exitCode).toBe(0);
      }
    },
  },
  {
    id: 'dns.name.resolves-without-privileges',
    level: 'must',
    title: 'A process that is not root must resolve the name of another container',
    sources: [runTests],
    observedBy: 'curl in a container whose user is not root fetches from a server by its name.',
    faults: ['dns.networks-of-choice-are-lost'],
    check: async () => {
      const { server, client } = await unprivileged();
      // a command that the engine runs has the container's user
      await control(async () => expect((await client.execByEngine(['id', '-u'])).stdout.trim()).toBe('4711'));
      const { stdout } = await client.execByEngine(['curl', '--silent', '--max-time', '5', `http://${server.containerName}${identity}`]);
      expect(stdout.trim()).toBe(server.token);
    },
  },
  {
    id: 'dns.files.mounted-ones-win',
    level: 'must',
    title: "Files mounted at /etc/resolv.conf and /etc/hostname must be there instead of the engine's own",
    sources: [runTests],
    observedBy: 'Both files inside the container, and the file of the host that is mounted at either.',
    faults: [
      {
        id: 'dns.mounts-over-files-are-lost',
        title: 'The engine is not told what a container wants mounted',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'Binds'], value: [] }],
      },
    ],
    check: async () => {
      const { net } = await unprivileged();
      const mounted = ['/etc/resolv.conf', '/etc/hostname'];
      const box = await make.claimed.container(attachedTo(net, { Binds: mounted.map((file) => `/etc/passwd:${file}:ro`) }));
      const there = await read(host, ['cat', '/etc/passwd']);
      for (const file of mounted) expect(await read(box, ['cat', file])).toBe(there);
    },
  },
  {
    id: 'dns.hosts.has-no-line-of-the-hosts',
    level: 'must',
    title: "A container's /etc/hosts must have none of the names that the host's has",
    sources: [dns, { docs: 'docs.docker.com/engine/network/#custom-hosts' }],
    observedBy:
      '/etc/hosts of a container on the default bridge and of one on a network of its own, in a lab whose host has a further name.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'dns.hosts-of-the-host-are-mounted',
        title: "The engine is asked to mount the host's hosts file over that of each container",
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'Binds'], value: ['/etc/hosts:/etc/hosts'] }],
      },
    ],
    check: async () => {
      const own = await lab();
      const name = make.name('host');
      await mustRun(own.host, ['sh', '-ec', `echo '192.0.2.61 ${name}' >>/etc/hosts`]);
      const net = await own.make.network();
      await control(async () => expect(await read(own.host, ['cat', '/etc/hosts'])).toContain(name));
      for (const body of [{}, attachedTo(net)]) {
        const box = await own.make.container(body);
        const hosts = await read(box, ['cat', '/etc/hosts']);
        expect(hosts).toContain('localhost');
        expect(hosts).not.toContain(name);
      }
    },
  },
  {
    id: 'dns.hosts.host-gateway-leads-to-the-host',
    level: 'must',
    title: 'A name that is added as host-gateway must lead a container to a server of the host',
    sources: [run],
    observedBy: 'A server in host mode, and curl in a container on a bridge that fetches the name at its port.',
    requires: ['docker-engine', 'host-input', 'unconfigured-host-gateway', 'default-bridge'],
    faults: [
      {
        id: 'dns.extra-hosts-are-not-told',
        title: 'The engine is not told which hosts to add for a container',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'ExtraHosts'], value: [] }],
      },
    ],
    check: async () => {
      const [port, net] = [await freePorts(host), await make.network()];
      const served = make.name('served');
      const site = `server { listen ${port}; location = / { return 200 "${served}"; } }`;
      await make.container({
        HostConfig: { NetworkMode: 'host' },
        Cmd: ['sh', '-c', `echo '${site}' >/etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`],
      });
      const box = await make.container(attachedTo(net, { ExtraHosts: ['the-host.example:host-gateway'] }));
      const seen = await eventually(
        () => box.fetches(`http://the-host.example:${port}`),
        ({ kind }) => kind !== 'refused',
        { within: 3000 },
      );
      expect(seen).toMatchObject({ kind: 'reached', body: served });
    },
  },
  // the embedded name server
  {
    id: 'dns.name.networks-may-have-dots',
    level: 'must',
    title: 'NAME.NETWORK must lead to a container also where the name of the network has dots',
    sources: [networkTests],
    observedBy: 'curl in a container fetches from another one of a network with dots in its name, by NAME.NETWORK.',
    requires: ['docker-engine'],
    faults: ['dns.networks-of-choice-are-lost'],
    check: async () => {
      const net = await make.claimed.network({ Name: `${make.name('net')}.with.dots` });
      const [server, client] = await Promise.all([make.server(attachedTo(net)), make.container(attachedTo(net))]);
      expect(await client.fetches(`http://${server.containerName}.${net.name}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'dns.transport.garbage-does-no-harm',
    level: 'must',
    title: 'After messages that are no DNS, the embedded name server must still answer',
    sources: [networkTests],
    observedBy: 'A container sends bytes to its name server over UDP and TCP that are no question, and then resolves a name.',
    requires: ['docker-engine'],
    faults: ['dns.networks-of-choice-are-lost'],
    check: async () => {
      const { server, client } = await unprivileged();
      const nonsense = `for over in UDP TCP; do head -c 300 /dev/urandom | socat -t 1 - $over:127.0.0.11:53 >/dev/null 2>&1 || true; done`;
      await mustRun(client, ['sh', '-ec', nonsense]);
      expect((await lookUp(client, server.containerName)).records).toHaveLength(1);
    },
  },
  {
    id: 'dns.reverse.nonsense-does-no-harm',
    level: 'must',
    title: 'After questions for addresses that are none, the embedded name server must still answer',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/libnetwork_linux_test.go' }],
    observedBy: 'A container asks for PTR records of names that are no address, and then resolves a name.',
    requires: ['docker-engine'],
    faults: ['dns.networks-of-choice-are-lost'],
    check: async () => {
      const { server, client } = await unprivileged();
      for (const name of ['300.1.1.1.in-addr.arpa', 'nothing.in-addr.arpa', '1.ip6.arpa'])
        expect((await lookUp(client, name, 'PTR')).records).toEqual([]);
      expect((await lookUp(client, server.containerName)).records).toHaveLength(1);
    },
  },
]);
