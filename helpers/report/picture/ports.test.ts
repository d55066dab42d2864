import { describe, expect, it } from '@jest/globals';
import { publicationsOf, socketsOf } from './ports';

describe('listening sockets', () => {
  it('must be one per port, in order, without addresses where it is all of them', () => {
    expect(socketsOf(['0.0.0.0:8080', '0.0.0.0:80', '[::]:80', '[fd00::2]:8080'])).toEqual([
      { port: 80, addresses: [], insideOnly: false },
      { port: 8080, addresses: ['0.0.0.0', 'fd00::2'], insideOnly: false },
    ]);
  });

  it('must be told from those that nobody else can reach', () => {
    expect(
      socketsOf(['127.0.0.11:53', '[::1]:631', '127.0.0.1:80', '10.0.0.1:80']).map(({ port, insideOnly }) => [port, insideOnly]),
    ).toEqual([
      [53, true],
      [80, false],
      [631, true],
    ]);
  });
});

describe('published ports', () => {
  const at = (hostAddress: string, more: object = {}) => ({ hostAddress, hostPort: 8080, containerPort: 80, protocol: 'tcp', ...more });

  it('must be one for all addresses of the host', () => {
    expect(publicationsOf([at('0.0.0.0'), at('::')])).toEqual([{ hostPort: 8080, hostAddresses: [], containerPort: 80, protocol: 'tcp' }]);
    expect(publicationsOf([at(''), at('10.0.0.1')])).toEqual([
      { hostPort: 8080, hostAddresses: ['0.0.0.0', '10.0.0.1'], containerPort: 80, protocol: 'tcp' },
    ]);
  });

  it('must be two for two ports or protocols', () => {
    expect(publicationsOf([at('::'), at('::', { protocol: 'udp' }), at('::', { hostPort: 8081 })])).toHaveLength(3);
  });
});
