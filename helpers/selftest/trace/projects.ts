/** A service of a project, as its compose file would have it. */
export interface Service {
  /** shell script that is its server; without it, nginx as the image has it */
  command?: string;
  /** networks, each with further names in it; without it, that of the project */
  networks?: Record<string, { aliases?: string[]; address?: string }>;
  /** left out of the network's names, as `docker compose run` does */
  nameless?: true;
  networkMode?: string;
  /** e.g. `127.0.0.1:8080:80` or `53:53/udp` */
  ports?: string[];
  environment?: string[];
  extraHosts?: string[];
  /** shell command that tells whether it is healthy */
  health?: string;
  user?: string;
  readOnly?: true;
  /** it has ended, or is held */
  state?: 'exited' | 'paused';
}

/** A network of a project. */
export interface ProjectNetwork {
  internal?: true;
  ipv6?: string;
  withoutIpv4?: true;
  subnet?: string;
  options?: Record<string, string>;
  /** made without the project's name before its own */
  external?: true;
}

/** A project of a user's, and what is asked of it. */
export interface Project {
  id: string;
  /** what its user meets */
  title: string;
  /** by project, for there may be a second one */
  projects: Record<string, Record<string, Service>>;
  networks?: Record<string, ProjectNetwork>;
  /** shell script on the host, when all of it runs, and the one that takes that back */
  host?: { before: string; after: string };
  trace: string[];
  /** code of the cause; undefined where nothing is wrong */
  cause: string | undefined;
  /** something that the summary must have */
  says?: RegExp;
}

const sleeping: Service = { command: 'sleep 86400' };
/** Neither a shell nor any other program of its own is left. */
const distroless: Service = { command: 'cp "$(command -v busybox)" /busybox && rm -r /usr/bin /usr/sbin && exec /busybox sleep 86400' };
const httpd = (where: string) => `echo hello >/tmp/index.html; exec busybox httpd -f -p ${where} -h /tmp`;
const saying = (listener: string, script: string) => `exec socat ${listener},fork,reuseaddr SYSTEM:'${script}'`;
/** A server that answers every first line with a status line of HTTP. */
const answering = (listener: string, status: string) =>
  `printf '${status}\\r\\nContent-Length: 0\\r\\n\\r\\n' >/tmp/answer; ${saying(listener, 'read l; cat /tmp/answer')}`;
const redis: Service = { command: saying('TCP-LISTEN:6379', 'read l; echo +PONG') };
const postgres: Service = { command: saying('TCP-LISTEN:5432', 'dd bs=8 count=1 >/dev/null 2>&1; printf N') };
/** Variable in which the test gives a server its key and certificate. */
export const certificateVariable = 'TLS_PEM';
const tls: Service = {
  command: `echo "$${certificateVariable}" >/tmp/tls.pem; ${answering('OPENSSL-LISTEN:443,cert=/tmp/tls.pem,verify=0', 'HTTP/1.0 200 OK')}`,
};

/** Projects that are broken, each in a way of its own, as their users would have them. */
export const brokenProjects: readonly Project[] = [
  {
    id: 'loopback-only',
    title: 'the server listens on 127.0.0.1, and its health check passes',
    projects: { shop: { web: sleeping, api: { command: httpd('127.0.0.1:8080'), health: 'curl -sf http://localhost:8080/' } } },
    trace: ['--compose', 'shop', 'web', 'api:8080'],
    cause: 'target.loopback-only',
    says: /health check passes/,
  },
  {
    id: 'other-port',
    title: 'the server listens on another port',
    projects: { shop: { web: sleeping, api: { command: httpd('0.0.0.0:8000') } } },
    trace: ['--compose', 'shop', 'web', 'api:80'],
    cause: 'target.not-listening',
    says: /8000/,
  },
  {
    id: 'wrong-network',
    title: 'frontend and backend share no network',
    projects: { shop: { web: { ...sleeping, networks: { front: {} } }, db: { ...postgres, networks: { back: {} } } } },
    networks: { front: {}, back: {} },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'name.no-shared-network',
  },
  {
    id: 'other-project',
    title: 'the database is a service of another project',
    projects: { shop: { web: sleeping, cache: redis }, store: { db: postgres, admin: sleeping } },
    trace: ['shop-web-1', 'db:5432'],
    cause: 'name.of-another-project',
    says: /project store/,
  },
  {
    id: 'alias-missing',
    title: 'the service was started by "compose run", without its alias',
    projects: { shop: { web: sleeping, db: { ...postgres, nameless: true } } },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'name.alias-missing',
  },
  {
    id: 'internal',
    title: 'a service in an internal network asks the world',
    projects: { shop: { worker: { ...sleeping, networks: { back: {} } }, db: { ...postgres, networks: { back: {} } } } },
    networks: { back: { internal: true } },
    trace: ['--compose', 'shop', 'worker', '198.51.100.7:443'],
    cause: 'network.internal',
  },
  {
    id: 'host-mode-with-ports',
    title: 'network_mode: host and ports: together',
    projects: { shop: { web: { command: httpd('0.0.0.0:8090'), networkMode: 'host', ports: ['9090:8090'] }, db: postgres } },
    trace: ['host', 'localhost:9090'],
    cause: 'target.host-mode-ignores-ports',
    says: /8090/,
  },
  {
    id: 'ipv6-first',
    title: 'the name has IPv6 first, and the server listens on IPv4 alone',
    projects: { shop: { web: sleeping, api: { command: httpd('0.0.0.0:80') } } },
    networks: { default: { ipv6: 'fd00:5151::/64' } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: 'target.ipv6-not-listening',
  },
  {
    id: 'http-proxy',
    title: 'http_proxy leads what is asked of a neighbour to a proxy that does not know it',
    projects: {
      shop: {
        web: { ...sleeping, environment: ['http_proxy=http://proxy:3128', 'no_proxy=localhost'] },
        api: {},
        proxy: { command: answering('TCP-LISTEN:3128', 'HTTP/1.1 503 Service Unavailable') },
      },
    },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: 'source.proxy-in-the-way',
  },
  {
    id: 'vpn-range',
    title: "the project's subnet covers a range of the VPN",
    projects: { shop: { web: sleeping, db: postgres } },
    networks: { default: { subnet: '10.66.1.0/24' } },
    host: {
      before:
        'ip link add vpn0 type veth peer name vpn1; ip address add 10.66.0.1/32 dev vpn0; ip link set vpn0 up; ip route add 10.66.0.0/16 dev vpn0',
      after: 'ip link del vpn0',
    },
    trace: ['--compose', 'shop', 'web', '10.66.1.77:443'],
    cause: 'network.covers-the-address',
    says: /route to the same range/,
  },
  {
    id: 'vpn-mtu',
    title: 'a tunnel on the way carries smaller packets',
    projects: {
      shop: {
        web: sleeping,
        api: { command: 'head -c 200000 /dev/zero | tr "\\0" x >/tmp/index.html; exec busybox httpd -f -p 80 -h /tmp' },
      },
    },
    host: {
      // as on a machine that leaves no cutting to its links
      before:
        'for it in $(ls /sys/class/net | grep ^veth); do ip link set $it mtu 1400; done; for it in $(docker ps -q | xargs docker inspect --format "{{.State.Pid}}"); do busybox nsenter -t $it -n ip link set eth0 gso_max_segs 1; done',
      after: 'true',
    },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: 'path.mtu',
  },
  {
    id: 'ufw',
    title: 'ufw lets containers not reach a program of the host',
    projects: { shop: { web: { ...sleeping, extraHosts: ['host.docker.internal:host-gateway'] }, db: postgres } },
    host: {
      before:
        'busybox httpd -f -p 3000 -h /tmp >/dev/null 2>&1 & echo $! >/tmp/service.pid; iptables -N ufw-user-input; iptables -A ufw-user-input -p tcp --dport 3000 -j DROP; iptables -I INPUT -j ufw-user-input',
      after: 'iptables -D INPUT -j ufw-user-input; iptables -F ufw-user-input; iptables -X ufw-user-input; kill $(cat /tmp/service.pid)',
    },
    trace: ['--privileged-diagnosis', '--compose', 'shop', 'web', 'host.docker.internal:3000'],
    cause: 'host.firewall',
    says: /ufw/,
  },
  {
    id: 'dns-silent',
    title: "the host's name server is not reached",
    projects: { shop: { web: sleeping, db: postgres } },
    host: {
      before: 'iptables -I OUTPUT -p udp --dport 53 -d 192.0.2.53 -j DROP',
      after: 'iptables -D OUTPUT -p udp --dport 53 -d 192.0.2.53 -j DROP',
    },
    trace: ['--compose', 'shop', 'web', 'https://registry.example.com/v2/'],
    cause: 'name.server-silent',
  },
  {
    id: 'tls-on-plain',
    title: 'https is asked of a server of plain HTTP',
    projects: { shop: { web: sleeping, api: {} } },
    trace: ['--compose', 'shop', 'web', 'https://api:80/'],
    cause: 'target.speaks-no-tls',
  },
  {
    id: 'plain-on-tls',
    title: 'http is asked of a server of TLS',
    projects: { shop: { web: sleeping, api: tls } },
    trace: ['--compose', 'shop', 'web', 'http://api:443/'],
    cause: 'target.speaks-tls',
  },
  {
    id: 'published-on-loopback',
    title: 'the port is published on 127.0.0.1, and asked for at the gateway',
    projects: { shop: { web: { ...sleeping, extraHosts: ['host.docker.internal:host-gateway'] }, api: { ports: ['127.0.0.1:8089:80'] } } },
    trace: ['--compose', 'shop', 'web', 'http://host.docker.internal:8089/'],
    cause: 'port.published-on-another-address',
  },
  {
    id: 'stale-address',
    title: 'a client keeps the address that the name had before',
    projects: {
      shop: {
        web: { command: 'while :; do socat -u /dev/null TCP:10.67.1.99:5432; done' },
        db: postgres,
      },
    },
    networks: { default: { subnet: '10.67.1.0/24' } },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'source.stale-address',
    says: /10\.67\.1\.99/,
  },
  {
    id: 'exited',
    title: 'the database has ended',
    projects: { shop: { web: sleeping, db: { command: 'exit 3', state: 'exited' } } },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'target.not-running',
    says: /status 3/,
  },
  {
    id: 'host-gateway',
    title: 'host.docker.internal, which nobody told',
    projects: { shop: { web: sleeping, db: postgres } },
    trace: ['--compose', 'shop', 'web', 'host.docker.internal:3000'],
    cause: 'name.host-gateway-missing',
  },
  {
    id: 'stale-hosts',
    title: 'extra_hosts has the address of yesterday',
    projects: { shop: { web: { ...sleeping, extraHosts: ['db:10.68.1.50'] }, db: postgres } },
    networks: { default: { subnet: '10.68.1.0/24' } },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'name.stale-hosts-entry',
  },
  {
    id: 'localhost',
    title: 'localhost is taken for the other container',
    projects: { shop: { web: sleeping, db: postgres } },
    trace: ['--compose', 'shop', 'web', 'localhost:5432'],
    cause: 'name.localhost-is-the-container',
  },
  {
    id: 'host-port-inside',
    title: 'the port of the host is asked for among containers',
    projects: { shop: { web: sleeping, db: { ...postgres, ports: ['15432:5432'] } } },
    trace: ['--compose', 'shop', 'web', 'db:15432'],
    cause: 'port.host-port-inside',
  },
  {
    id: 'shared-alias',
    title: 'two projects have a db in the network that both share',
    projects: {
      shop: { web: { ...sleeping, networks: { shared: {} } }, db: { ...postgres, networks: { default: {} } } },
      store: { db: { ...postgres, networks: { shared: {} } }, web: { ...sleeping, networks: { shared: {} } } },
    },
    networks: { shared: { external: true } },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'name.answers-another-container',
    says: /store-db-1/,
  },
  {
    id: 'host-loopback',
    title: 'the program of the host listens on 127.0.0.1',
    projects: { shop: { web: { ...sleeping, extraHosts: ['host.docker.internal:host-gateway'] }, db: postgres } },
    host: {
      before: 'busybox httpd -f -p 127.0.0.1:3001 -h /tmp >/dev/null 2>&1 & echo $! >/tmp/service.pid',
      after: 'kill $(cat /tmp/service.pid)',
    },
    trace: ['--compose', 'shop', 'web', 'host.docker.internal:3001'],
    cause: 'host.service-on-loopback',
  },
  {
    id: 'default-bridge',
    title: 'two containers of the default bridge by name',
    projects: { shop: { web: { ...sleeping, networkMode: 'bridge' }, db: { ...postgres, networkMode: 'bridge' } } },
    trace: ['shop-web-1', 'shop-db-1:5432'],
    cause: 'name.default-bridge-resolves-none',
  },
  {
    id: 'paused',
    title: 'the database is paused',
    projects: { shop: { web: sleeping, db: { ...postgres, state: 'paused' } } },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: 'target.paused',
  },
  {
    id: 'without-network',
    title: 'the source has network_mode: none',
    projects: { shop: { web: { ...sleeping, networkMode: 'none' }, db: postgres } },
    trace: ['shop-web-1', 'db:5432'],
    cause: 'source.no-network',
  },
  {
    id: 'tcp-only',
    title: 'the name server answers over TCP alone',
    projects: { shop: { web: sleeping, dns: { command: saying('TCP-LISTEN:53', 'cat') } } },
    trace: ['--udp', '--compose', 'shop', 'web', 'dns:53'],
    cause: 'target.other-transport',
  },
  {
    id: 'not-published',
    title: 'EXPOSE is taken for a published port',
    projects: { shop: { web: {}, db: postgres } },
    trace: ['host', 'http://localhost:80/'],
    cause: 'port.not-published',
    says: /shop-web-1/,
  },
  {
    id: 'icc-off',
    title: 'the network keeps its containers apart',
    projects: { shop: { web: sleeping, api: {} } },
    networks: { default: { options: { 'com.docker.network.bridge.enable_icc': 'false' } } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: 'network.icc-off',
  },
];

/** Projects in which nothing is wrong with what is asked, and that look as if it were. */
export const healthyProjects: readonly Project[] = [
  {
    id: 'unhealthy',
    title: 'a health check that fails for a reason of its own',
    projects: { shop: { web: sleeping, api: { health: 'exit 1' } } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: undefined,
  },
  {
    id: 'no-proxy',
    title: 'http_proxy that no_proxy spares',
    projects: { shop: { web: { ...sleeping, environment: ['http_proxy=http://nowhere:3128', 'no_proxy=api,localhost'] }, api: {} } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: undefined,
  },
  {
    id: 'namesakes',
    title: 'two projects with services of the same names, each in a network of its own',
    projects: { shop: { web: sleeping, db: postgres }, store: { web: sleeping, db: postgres } },
    trace: ['--compose', 'store', 'web', 'db:5432'],
    cause: undefined,
  },
  {
    id: 'internal-inside',
    title: 'an internal network, inside which both are',
    projects: { shop: { web: { ...sleeping, networks: { back: {}, front: {} } }, db: { ...redis, networks: { back: {} } } } },
    networks: { back: { internal: true }, front: {} },
    trace: ['--compose', 'shop', 'web', 'db:6379'],
    cause: undefined,
  },
  {
    id: 'published-on-loopback-by-name',
    title: 'a port published on 127.0.0.1, asked for by name, of a hardened container',
    projects: {
      shop: {
        web: { ...sleeping, user: '65534', readOnly: true },
        db: { ...postgres, ports: ['127.0.0.1:15433:5432'], user: '65534', readOnly: true },
      },
    },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: undefined,
  },
  {
    id: 'replicas-on-both-families',
    title: 'two containers by one alias, IPv6 first, and a page that needs a password',
    projects: {
      shop: {
        web: sleeping,
        blue: { networks: { default: { aliases: ['api'] } } },
        green: { networks: { default: { aliases: ['api'] } } },
      },
    },
    networks: { default: { ipv6: 'fd00:5252::/64' } },
    trace: ['--compose', 'shop', 'web', 'http://api/nothing-here'],
    cause: undefined,
  },
  {
    id: 'joined',
    title: 'a sidecar in the namespace of its neighbour, on the loopback',
    projects: { shop: { app: { ...sleeping, networkMode: 'container:shop-db-1' }, db: postgres } },
    trace: ['shop-app-1', 'localhost:5432'],
    cause: undefined,
  },
  {
    id: 'distroless',
    title: 'a container that has nothing but its program',
    projects: { shop: { web: distroless, api: {} } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: undefined,
  },
  {
    id: 'asks-while-paused',
    title: 'a source that is paused, whose network is there',
    projects: { shop: { web: { ...sleeping, state: 'paused' }, api: {} } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: undefined,
  },
  {
    id: 'several-networks',
    title: 'two networks that both are in, and an address in each',
    projects: { shop: { web: { ...sleeping, networks: { front: {}, back: {} } }, db: { ...postgres, networks: { front: {}, back: {} } } } },
    networks: { front: {}, back: {} },
    trace: ['--compose', 'shop', 'web', 'db:5432'],
    cause: undefined,
  },
  {
    id: 'ipv6-only',
    title: 'a network without IPv4',
    projects: { shop: { web: sleeping, api: {} } },
    networks: { default: { ipv6: 'fd00:5353::/64', withoutIpv4: true } },
    trace: ['--compose', 'shop', 'web', 'http://api/'],
    cause: undefined,
  },
  {
    id: 'from-host-mode',
    title: 'a source in host mode, and a port published on 127.0.0.1',
    projects: { shop: { web: { ...sleeping, networkMode: 'host' }, api: { ports: ['127.0.0.1:8091:80'] } } },
    trace: ['shop-web-1', 'http://127.0.0.1:8091/'],
    cause: undefined,
  },
  {
    id: 'unknown-protocol',
    title: 'a listener that says nothing, at a port of which nothing is known',
    projects: { shop: { web: sleeping, app: { command: saying('TCP-LISTEN:7777', 'cat') } } },
    trace: ['--compose', 'shop', 'web', 'app:7777'],
    cause: undefined,
  },
];
