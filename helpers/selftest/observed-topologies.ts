import type { ObservedTopology } from '../results/results';

/** What runs on real engines observed, unchanged: topologies of the suite, and one that was put up to have everything in it. */
export const observedTopologies = {
  /** the default bridge of Docker 28.5.2 in a lab; a third container belongs to another topology */
  pair: {
    name: 'bridge-pair',
    host: {
      id: 'net:[4026532755]',
      links: [
        { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'docker0', index: 2, peerIndex: 2, macAddress: '26:04:13:70:62:56', addresses: ['172.17.0.1/16', 'fe80::2404:13ff:fe70:6256/64'] },
        { name: 'veth7e57472', index: 3, peerIndex: 2, macAddress: '4e:1f:17:b0:74:11', addresses: ['fe80::4c1f:17ff:feb0:7411/64'], bridge: 'docker0' },
        { name: 'veth222e1fe', index: 4, peerIndex: 2, macAddress: 'e6:88:e9:eb:b0:27', addresses: ['fe80::e488:e9ff:feeb:b027/64'], bridge: 'docker0' },
        { name: 'vethe4a9a86', index: 5, peerIndex: 2, macAddress: 'b6:f7:b1:f2:4c:c8', addresses: ['fe80::b4f7:b1ff:fef2:4cc8/64'], bridge: 'docker0' },
      ],
      gateways: [],
    },
    networks: [
      { name: 'bridge', driver: 'bridge', subnets: ['172.17.0.0/16'], bridge: 'docker0' },
    ],
    containers: [
      {
        name: 'nginx01',
        networks: [{ name: 'bridge', address: '172.17.0.3' }],
        namespace: {
          id: 'net:[4026532903]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', index: 2, peerIndex: 4, macAddress: '06:20:df:95:a5:b4', addresses: ['172.17.0.3/16'] },
          ],
          gateways: ['172.17.0.1'],
        },
        published: [],
        listening: ['0.0.0.0:80', '[::]:80'],
      },
      {
        name: 'nginx02',
        networks: [{ name: 'bridge', address: '172.17.0.2' }],
        namespace: {
          id: 'net:[4026532982]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', index: 2, peerIndex: 3, macAddress: 'd6:1f:e7:a6:58:5f', addresses: ['172.17.0.2/16'] },
          ],
          gateways: ['172.17.0.1'],
        },
        published: [],
        listening: ['0.0.0.0:80', '[::]:80'],
      },
    ],
  },
  /** Docker 28.5.2; one of two ports is published */
  halfPublished: {
    name: 'half-published',
    host: {
      id: 'net:[4026532755]',
      links: [
        { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'docker0', index: 2, peerIndex: 2, macAddress: '26:04:13:70:62:56', addresses: ['172.17.0.1/16', 'fe80::2404:13ff:fe70:6256/64'] },
        { name: 'veth7e57472', index: 3, peerIndex: 2, macAddress: '4e:1f:17:b0:74:11', addresses: ['fe80::4c1f:17ff:feb0:7411/64'], bridge: 'docker0' },
        { name: 'veth222e1fe', index: 4, peerIndex: 2, macAddress: 'e6:88:e9:eb:b0:27', addresses: ['fe80::e488:e9ff:feeb:b027/64'], bridge: 'docker0' },
        { name: 'vethe4a9a86', index: 5, peerIndex: 2, macAddress: 'b6:f7:b1:f2:4c:c8', addresses: ['fe80::b4f7:b1ff:fef2:4cc8/64'], bridge: 'docker0' },
      ],
      gateways: [],
    },
    networks: [
      { name: 'bridge', driver: 'bridge', subnets: ['172.17.0.0/16'], bridge: 'docker0' },
    ],
    containers: [
      {
        name: 'nginx',
        networks: [{ name: 'bridge', address: '172.17.0.4' }],
        namespace: {
          id: 'net:[4026533060]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', index: 2, peerIndex: 5, macAddress: 'fa:f5:27:ad:b6:de', addresses: ['172.17.0.4/16'] },
          ],
          gateways: ['172.17.0.1'],
        },
        published: [{ hostAddress: '0.0.0.0', hostPort: 32768, containerPort: 80, protocol: 'tcp' }, { hostAddress: '::', hostPort: 32768, containerPort: 80, protocol: 'tcp' }],
        listening: ['0.0.0.0:27735', '0.0.0.0:80', '[::]:27735', '[::]:80'],
      },
    ],
  },
  /** Docker 28.5.2 */
  hostMode: {
    name: 'host-mode',
    host: {
      id: 'net:[4026532755]',
      links: [
        { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'docker0', index: 2, peerIndex: 2, macAddress: '26:04:13:70:62:56', addresses: ['172.17.0.1/16', 'fe80::2404:13ff:fe70:6256/64'] },
        { name: 'veth7e57472', index: 3, peerIndex: 2, macAddress: '4e:1f:17:b0:74:11', addresses: ['fe80::4c1f:17ff:feb0:7411/64'], bridge: 'docker0' },
        { name: 'veth222e1fe', index: 4, peerIndex: 2, macAddress: 'e6:88:e9:eb:b0:27', addresses: ['fe80::e488:e9ff:feeb:b027/64'], bridge: 'docker0' },
        { name: 'vethe4a9a86', index: 5, peerIndex: 2, macAddress: 'b6:f7:b1:f2:4c:c8', addresses: [], bridge: 'docker0' },
      ],
      gateways: [],
    },
    networks: [
      { name: 'host', driver: 'host', subnets: [] },
    ],
    containers: [
      {
        name: 'nginx',
        networks: [{ name: 'host', address: '' }],
        namespace: {
          id: 'net:[4026532755]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'docker0', index: 2, peerIndex: 2, macAddress: '26:04:13:70:62:56', addresses: ['172.17.0.1/16', 'fe80::2404:13ff:fe70:6256/64'] },
            { name: 'veth7e57472', index: 3, peerIndex: 2, macAddress: '4e:1f:17:b0:74:11', addresses: ['fe80::4c1f:17ff:feb0:7411/64'], bridge: 'docker0' },
            { name: 'veth222e1fe', index: 4, peerIndex: 2, macAddress: 'e6:88:e9:eb:b0:27', addresses: ['fe80::e488:e9ff:feeb:b027/64'], bridge: 'docker0' },
            { name: 'vethe4a9a86', index: 5, peerIndex: 2, macAddress: 'b6:f7:b1:f2:4c:c8', addresses: [], bridge: 'docker0' },
          ],
          gateways: [],
        },
        published: [],
        listening: ['0.0.0.0:80', '[::]:80'],
      },
    ],
  },
  /** Docker 20.10.24, where the end in the container keeps the index that it was made with */
  oldHalfPublished: {
    name: 'half-published',
    host: {
      id: 'net:[4026532250]',
      links: [
        { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'docker0', index: 2, peerIndex: 2, macAddress: '02:42:b0:6d:c0:98', addresses: ['172.17.0.1/16', 'fe80::42:b0ff:fe6d:c098/64'] },
        { name: 'vethf219dd9', index: 4, peerIndex: 3, macAddress: '26:17:36:9d:03:5f', addresses: ['fe80::2417:36ff:fe9d:35f/64'], bridge: 'docker0' },
        { name: 'veth31ce3e1', index: 6, peerIndex: 5, macAddress: '9a:cc:be:2f:2b:7e', addresses: ['fe80::98cc:beff:fe2f:2b7e/64'], bridge: 'docker0' },
        { name: 'vethad9eb90', index: 8, peerIndex: 7, macAddress: '42:91:69:5d:71:1d', addresses: ['fe80::4091:69ff:fe5d:711d/64'], bridge: 'docker0' },
      ],
      gateways: [],
    },
    networks: [
      { name: 'bridge', driver: 'bridge', subnets: ['172.17.0.0/16'], bridge: 'docker0' },
    ],
    containers: [
      {
        name: 'nginx',
        networks: [{ name: 'bridge', address: '172.17.0.4' }],
        namespace: {
          id: 'net:[4026532481]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8'] },
            { name: 'eth0', index: 7, peerIndex: 8, macAddress: '02:42:ac:11:00:04', addresses: ['172.17.0.4/16'] },
          ],
          gateways: ['172.17.0.1'],
        },
        published: [{ hostAddress: '0.0.0.0', hostPort: 32768, containerPort: 80, protocol: 'tcp' }, { hostAddress: '::', hostPort: 32768, containerPort: 80, protocol: 'tcp' }],
        listening: ['0.0.0.0:28208', '0.0.0.0:80', '[::]:28208', '[::]:80'],
      },
    ],
  },
  /** Podman 5.8.6: the same network has another name */
  podmanHalfPublished: {
    name: 'half-published',
    host: {
      id: 'net:[4026532250]',
      links: [
        { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'podman0', index: 2, peerIndex: 2, macAddress: '56:ee:b2:91:2a:88', addresses: ['10.88.0.1/16', 'fe80::54ee:b2ff:fe91:2a88/64'] },
        { name: 'veth0', index: 3, peerIndex: 2, macAddress: 'aa:e2:06:6e:aa:9d', addresses: ['fe80::a8e2:6ff:fe6e:aa9d/64'], bridge: 'podman0' },
        { name: 'veth1', index: 4, peerIndex: 2, macAddress: 'ce:34:cd:41:8b:87', addresses: ['fe80::cc34:cdff:fe41:8b87/64'], bridge: 'podman0' },
        { name: 'veth2', index: 5, peerIndex: 2, macAddress: 'fa:88:62:a6:dc:48', addresses: ['fe80::f888:62ff:fea6:dc48/64'], bridge: 'podman0' },
      ],
      gateways: [],
    },
    networks: [
      { name: 'podman', driver: 'bridge', subnets: ['10.88.0.0/16'], bridge: 'podman0' },
    ],
    containers: [
      {
        name: 'nginx',
        networks: [{ name: 'podman', address: '10.88.0.4' }],
        namespace: {
          id: 'net:[4026532475]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', index: 2, peerIndex: 5, macAddress: '9e:29:05:7e:9b:05', addresses: ['10.88.0.4/16', 'fe80::9c29:5ff:fe7e:9b05/64'] },
          ],
          gateways: ['10.88.0.1'],
        },
        published: [{ hostAddress: '0.0.0.0', hostPort: 43571, containerPort: 80, protocol: 'tcp' }],
        listening: ['0.0.0.0:25390', '0.0.0.0:80', '[::]:25390', '[::]:80'],
      },
    ],
  },
  /** Podman 5.8.6, which has no network called host */
  podmanHostMode: {
    name: 'host-mode',
    host: {
      id: 'net:[4026532250]',
      links: [
        { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'podman0', index: 2, peerIndex: 2, macAddress: '56:ee:b2:91:2a:88', addresses: ['10.88.0.1/16', 'fe80::54ee:b2ff:fe91:2a88/64'] },
        { name: 'veth0', index: 3, peerIndex: 2, macAddress: 'aa:e2:06:6e:aa:9d', addresses: ['fe80::a8e2:6ff:fe6e:aa9d/64'], bridge: 'podman0' },
        { name: 'veth1', index: 4, peerIndex: 2, macAddress: 'ce:34:cd:41:8b:87', addresses: ['fe80::cc34:cdff:fe41:8b87/64'], bridge: 'podman0' },
        { name: 'veth2', index: 5, peerIndex: 2, macAddress: 'fa:88:62:a6:dc:48', addresses: ['fe80::f888:62ff:fea6:dc48/64'], bridge: 'podman0' },
      ],
      gateways: [],
    },
    networks: [
      { name: 'host', driver: '', subnets: [] },
    ],
    containers: [
      {
        name: 'nginx',
        networks: [{ name: 'host', address: '' }],
        namespace: {
          id: 'net:[4026532250]',
          links: [
            { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'podman0', index: 2, peerIndex: 2, macAddress: '56:ee:b2:91:2a:88', addresses: ['10.88.0.1/16', 'fe80::54ee:b2ff:fe91:2a88/64'] },
            { name: 'veth0', index: 3, peerIndex: 2, macAddress: 'aa:e2:06:6e:aa:9d', addresses: ['fe80::a8e2:6ff:fe6e:aa9d/64'], bridge: 'podman0' },
            { name: 'veth1', index: 4, peerIndex: 2, macAddress: 'ce:34:cd:41:8b:87', addresses: ['fe80::cc34:cdff:fe41:8b87/64'], bridge: 'podman0' },
            { name: 'veth2', index: 5, peerIndex: 2, macAddress: 'fa:88:62:a6:dc:48', addresses: ['fe80::f888:62ff:fea6:dc48/64'], bridge: 'podman0' },
          ],
          gateways: [],
        },
        published: [],
        listening: ['0.0.0.0:80', '[::]:80'],
      },
    ],
  },
  /** Docker 28.5.2 on a host with an uplink and six networks of others: user-defined bridges, no network, macvlan, host mode */
  manyNetworks: {
    name: 'rich',
    host: {
      id: 'net:[4026532179]',
      links: [
        { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
        { name: 'docker0', macAddress: 'c2:bf:12:5b:19:37', index: 2, peerIndex: 2, addresses: ['172.17.0.1/16', 'fe80::c0bf:12ff:fe5b:1937/64'] },
        { name: 'up1', macAddress: '4a:81:8c:08:df:7e', index: 3, peerIndex: 4, addresses: ['fe80::4881:8cff:fe08:df7e/64'] },
        { name: 'up0', macAddress: '9e:0a:07:4a:a5:0f', index: 4, peerIndex: 3, addresses: ['192.0.2.10/24', '192.0.2.53/24', 'fe80::9c0a:7ff:fe4a:a50f/64'] },
        { name: 'br-43b582fbf671', macAddress: '8a:3a:ab:f0:14:cf', index: 5, peerIndex: 5, addresses: ['172.18.0.1/16', 'fe80::883a:abff:fef0:14cf/64'] },
        { name: 'veth51aa793', macAddress: 'de:4b:49:8e:c8:17', index: 6, peerIndex: 2, addresses: ['fe80::dc4b:49ff:fe8e:c817/64'], bridge: 'br-43b582fbf671' },
        { name: 'br-f4ffe30d434d', macAddress: 'ca:32:f8:23:1d:ef', index: 7, peerIndex: 7, addresses: ['172.19.0.1/16', 'fe80::c832:f8ff:fe23:1def/64'] },
        { name: 'veth9de2093', macAddress: 'e2:bb:1a:44:d4:d7', index: 8, peerIndex: 2, addresses: ['fe80::e0bb:1aff:fe44:d4d7/64'], bridge: 'br-f4ffe30d434d' },
        { name: 'br-5e562ae9b1f5', macAddress: 'f6:7d:2d:a4:7f:58', index: 9, peerIndex: 9, addresses: ['172.20.0.1/16', 'fe80::f47d:2dff:fea4:7f58/64'] },
        { name: 'veth7b1e5c3', macAddress: '96:73:1d:49:01:3d', index: 10, peerIndex: 2, addresses: ['fe80::9473:1dff:fe49:13d/64'], bridge: 'br-5e562ae9b1f5' },
        { name: 'br-f95a6c00615a', macAddress: '76:a3:9d:73:2b:ba', index: 11, peerIndex: 11, addresses: ['172.21.0.1/16', 'fe80::74a3:9dff:fe73:2bba/64'] },
        { name: 'vethe36875a', macAddress: '3e:d1:0e:63:b8:fe', index: 12, peerIndex: 2, addresses: ['fe80::3cd1:eff:fe63:b8fe/64'], bridge: 'br-f95a6c00615a' },
        { name: 'br-f959c20a16e2', macAddress: '62:09:59:45:b1:73', index: 13, peerIndex: 13, addresses: ['172.22.0.1/16', 'fe80::6009:59ff:fe45:b173/64'] },
        { name: 'veth5a6f58c', macAddress: '2e:44:38:17:97:3d', index: 14, peerIndex: 2, addresses: ['fe80::2c44:38ff:fe17:973d/64'], bridge: 'br-f959c20a16e2' },
        { name: 'br-e5c82eb99751', macAddress: '66:94:62:2a:f5:87', index: 15, peerIndex: 15, addresses: ['172.23.0.1/16', 'fe80::6494:62ff:fe2a:f587/64'] },
        { name: 'veth345220b', macAddress: '4a:99:23:3f:59:34', index: 16, peerIndex: 2, addresses: ['fe80::4899:23ff:fe3f:5934/64'], bridge: 'br-e5c82eb99751' },
        { name: 'br-1cd6c508a8c6', macAddress: '42:aa:7b:4c:18:0e', index: 17, peerIndex: 17, addresses: ['172.30.0.1/24', 'fe80::40aa:7bff:fe4c:180e/64'] },
        { name: 'br-ad3e670ae96a', macAddress: '9e:ce:7a:d0:c0:44', index: 18, peerIndex: 18, addresses: ['172.31.0.1/24', 'fe80::9cce:7aff:fed0:c044/64', 'fd00:db8::1/64'] },
        { name: 'veth7f869be', macAddress: '66:9c:5d:f2:28:2f', index: 19, peerIndex: 2, addresses: ['fe80::649c:5dff:fef2:282f/64'], bridge: 'br-1cd6c508a8c6' },
        { name: 'veth210d353', macAddress: 'f6:e3:62:cf:ee:81', index: 20, peerIndex: 2, addresses: ['fe80::f4e3:62ff:fecf:ee81/64'], bridge: 'br-1cd6c508a8c6' },
        { name: 'veth7a01da0', macAddress: '7e:04:8d:74:67:c0', index: 21, peerIndex: 3, addresses: ['fe80::7c04:8dff:fe74:67c0/64'], bridge: 'br-ad3e670ae96a' },
        { name: 'vethf5672ca', macAddress: '6a:24:88:5e:4f:df', index: 22, peerIndex: 2, addresses: ['fe80::6824:88ff:fe5e:4fdf/64'], bridge: 'br-ad3e670ae96a' },
        { name: 'vethc69594c', macAddress: '7a:4e:7f:1c:a2:b2', index: 24, peerIndex: 2, addresses: ['fe80::784e:7fff:fe1c:a2b2/64'], bridge: 'docker0' },
        { name: 'veth68cdc89', macAddress: '42:7b:95:fe:44:82', index: 25, peerIndex: 2, addresses: ['fe80::407b:95ff:fefe:4482/64'], bridge: 'docker0' },
      ],
      gateways: ['192.0.2.1'],
    },
    networks: [
      { name: 'front', driver: 'bridge', subnets: ['172.30.0.0/24'], bridge: 'br-1cd6c508a8c6' },
      { name: 'back', driver: 'bridge', subnets: ['172.31.0.0/24', 'fd00:db8::/64'], bridge: 'br-ad3e670ae96a' },
      { name: 'none', driver: 'null', subnets: [] },
      { name: 'lan', driver: 'macvlan', subnets: ['198.51.100.0/24'] },
      { name: 'host', driver: 'host', subnets: [] },
    ],
    containers: [
      {
        name: 'web',
        networks: [{ name: 'front', address: '172.30.0.2' }],
        namespace: {
          id: 'net:[4026532713]',
          links: [
            { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', macAddress: '3a:bb:6c:b9:08:99', index: 2, peerIndex: 19, addresses: ['172.30.0.2/24'] },
          ],
          gateways: ['172.30.0.1'],
        },
        published: [{ hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' }, { hostAddress: '::', hostPort: 8080, containerPort: 80, protocol: 'tcp' }, { hostAddress: '127.0.0.1', hostPort: 8443, containerPort: 80, protocol: 'tcp' }],
        listening: ['0.0.0.0:80', '127.0.0.11:41443', '[::]:80'],
      },
      {
        name: 'app',
        networks: [{ name: 'back', address: '172.31.0.2' }, { name: 'front', address: '172.30.0.3' }],
        namespace: {
          id: 'net:[4026532788]',
          links: [
            { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', macAddress: '9a:0c:1d:a0:9f:4e', index: 2, peerIndex: 20, addresses: ['172.30.0.3/24'] },
            { name: 'eth1', macAddress: '96:ec:9d:8c:0d:38', index: 3, peerIndex: 21, addresses: ['172.31.0.2/24', 'fd00:db8::2/64', 'fe80::94ec:9dff:fe8c:d38/64'] },
          ],
          gateways: ['172.31.0.1', 'fd00:db8::1'],
        },
        published: [],
        listening: ['0.0.0.0:80', '127.0.0.11:43477', '[::]:80'],
      },
      {
        name: 'db',
        networks: [{ name: 'back', address: '172.31.0.3' }],
        namespace: {
          id: 'net:[4026532865]',
          links: [
            { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', macAddress: 'fa:a2:ef:98:66:5a', index: 2, peerIndex: 22, addresses: ['172.31.0.3/24', 'fe80::f8a2:efff:fe98:665a/64', 'fd00:db8::3/64'] },
          ],
          gateways: ['172.31.0.1', 'fd00:db8::1'],
        },
        published: [],
        listening: ['0.0.0.0:80', '127.0.0.11:33115', '[::]:80'],
      },
      {
        name: 'alone',
        networks: [{ name: 'none', address: '' }],
        namespace: {
          id: 'net:[4026532940]',
          links: [
            { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
          ],
          gateways: [],
        },
        published: [],
        listening: ['0.0.0.0:80', '[::]:80'],
      },
      {
        name: 'lan',
        networks: [{ name: 'lan', address: '198.51.100.2' }],
        namespace: {
          id: 'net:[4026533013]',
          links: [
            { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'eth0', macAddress: '9a:0f:37:75:95:1e', index: 23, peerIndex: 3, addresses: ['198.51.100.2/24'] },
          ],
          gateways: ['198.51.100.1'],
        },
        published: [],
        listening: ['0.0.0.0:80', '127.0.0.11:38081', '[::]:80'],
      },
      {
        name: 'hostmode',
        networks: [{ name: 'host', address: '' }],
        namespace: {
          id: 'net:[4026532179]',
          links: [
            { name: 'lo', macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8', '::1/128'] },
            { name: 'docker0', macAddress: 'c2:bf:12:5b:19:37', index: 2, peerIndex: 2, addresses: ['172.17.0.1/16', 'fe80::c0bf:12ff:fe5b:1937/64'] },
            { name: 'up1', macAddress: '4a:81:8c:08:df:7e', index: 3, peerIndex: 4, addresses: ['fe80::4881:8cff:fe08:df7e/64'] },
            { name: 'up0', macAddress: '9e:0a:07:4a:a5:0f', index: 4, peerIndex: 3, addresses: ['192.0.2.10/24', '192.0.2.53/24', 'fe80::9c0a:7ff:fe4a:a50f/64'] },
            { name: 'br-43b582fbf671', macAddress: '8a:3a:ab:f0:14:cf', index: 5, peerIndex: 5, addresses: ['172.18.0.1/16', 'fe80::883a:abff:fef0:14cf/64'] },
            { name: 'veth51aa793', macAddress: 'de:4b:49:8e:c8:17', index: 6, peerIndex: 2, addresses: ['fe80::dc4b:49ff:fe8e:c817/64'], bridge: 'br-43b582fbf671' },
            { name: 'br-f4ffe30d434d', macAddress: 'ca:32:f8:23:1d:ef', index: 7, peerIndex: 7, addresses: ['172.19.0.1/16', 'fe80::c832:f8ff:fe23:1def/64'] },
            { name: 'veth9de2093', macAddress: 'e2:bb:1a:44:d4:d7', index: 8, peerIndex: 2, addresses: ['fe80::e0bb:1aff:fe44:d4d7/64'], bridge: 'br-f4ffe30d434d' },
            { name: 'br-5e562ae9b1f5', macAddress: 'f6:7d:2d:a4:7f:58', index: 9, peerIndex: 9, addresses: ['172.20.0.1/16', 'fe80::f47d:2dff:fea4:7f58/64'] },
            { name: 'veth7b1e5c3', macAddress: '96:73:1d:49:01:3d', index: 10, peerIndex: 2, addresses: ['fe80::9473:1dff:fe49:13d/64'], bridge: 'br-5e562ae9b1f5' },
            { name: 'br-f95a6c00615a', macAddress: '76:a3:9d:73:2b:ba', index: 11, peerIndex: 11, addresses: ['172.21.0.1/16', 'fe80::74a3:9dff:fe73:2bba/64'] },
            { name: 'vethe36875a', macAddress: '3e:d1:0e:63:b8:fe', index: 12, peerIndex: 2, addresses: ['fe80::3cd1:eff:fe63:b8fe/64'], bridge: 'br-f95a6c00615a' },
            { name: 'br-f959c20a16e2', macAddress: '62:09:59:45:b1:73', index: 13, peerIndex: 13, addresses: ['172.22.0.1/16', 'fe80::6009:59ff:fe45:b173/64'] },
            { name: 'veth5a6f58c', macAddress: '2e:44:38:17:97:3d', index: 14, peerIndex: 2, addresses: ['fe80::2c44:38ff:fe17:973d/64'], bridge: 'br-f959c20a16e2' },
            { name: 'br-e5c82eb99751', macAddress: '66:94:62:2a:f5:87', index: 15, peerIndex: 15, addresses: ['172.23.0.1/16', 'fe80::6494:62ff:fe2a:f587/64'] },
            { name: 'veth345220b', macAddress: '4a:99:23:3f:59:34', index: 16, peerIndex: 2, addresses: ['fe80::4899:23ff:fe3f:5934/64'], bridge: 'br-e5c82eb99751' },
            { name: 'br-1cd6c508a8c6', macAddress: '42:aa:7b:4c:18:0e', index: 17, peerIndex: 17, addresses: ['172.30.0.1/24', 'fe80::40aa:7bff:fe4c:180e/64'] },
            { name: 'br-ad3e670ae96a', macAddress: '9e:ce:7a:d0:c0:44', index: 18, peerIndex: 18, addresses: ['172.31.0.1/24', 'fe80::9cce:7aff:fed0:c044/64', 'fd00:db8::1/64'] },
            { name: 'veth7f869be', macAddress: '66:9c:5d:f2:28:2f', index: 19, peerIndex: 2, addresses: ['fe80::649c:5dff:fef2:282f/64'], bridge: 'br-1cd6c508a8c6' },
            { name: 'veth210d353', macAddress: 'f6:e3:62:cf:ee:81', index: 20, peerIndex: 2, addresses: ['fe80::f4e3:62ff:fecf:ee81/64'], bridge: 'br-1cd6c508a8c6' },
            { name: 'veth7a01da0', macAddress: '7e:04:8d:74:67:c0', index: 21, peerIndex: 3, addresses: ['fe80::7c04:8dff:fe74:67c0/64'], bridge: 'br-ad3e670ae96a' },
            { name: 'vethf5672ca', macAddress: '6a:24:88:5e:4f:df', index: 22, peerIndex: 2, addresses: ['fe80::6824:88ff:fe5e:4fdf/64'], bridge: 'br-ad3e670ae96a' },
            { name: 'vethc69594c', macAddress: '7a:4e:7f:1c:a2:b2', index: 24, peerIndex: 2, addresses: ['fe80::784e:7fff:fe1c:a2b2/64'], bridge: 'docker0' },
            { name: 'veth68cdc89', macAddress: '42:7b:95:fe:44:82', index: 25, peerIndex: 2, addresses: ['fe80::407b:95ff:fefe:4482/64'], bridge: 'docker0' },
          ],
          gateways: ['192.0.2.1'],
        },
        published: [],
        listening: ['0.0.0.0:80', '[::]:80'],
      },
    ],
  },
} satisfies Record<string, ObservedTopology>;
