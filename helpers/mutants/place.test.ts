import { describe, expect, it } from '@jest/globals';
import { callInGeneral, keyNamed, nameOf, pathInGeneral, valueAt } from './place';

const id = (digit: string) => digit.repeat(64);

describe('a question and a path in general', () => {
  it('must have no ids, short or long, and otherwise be as they are', () => {
    expect(callInGeneral(`GET /networks/${id('a')}`)).toBe('GET /networks/*');
    expect(callInGeneral('GET /networks/0123456789ab')).toBe('GET /networks/*');
    expect(callInGeneral(`GET /containers/json?filters={"network":["${id('7')}"]} (Id)`)).toBe(
      'GET /containers/json?filters={"network":["*"]} (Id)',
    );
    expect(callInGeneral('GET /containers/nginx01/json (Id, Name)')).toBe('GET /containers/nginx01/json (Id, Name)');
  });

  it('must be the same for each member of a map of ids and each element of a list', () => {
    expect(pathInGeneral(['Containers', id('a'), 'IPv4Address'])).toBe('Containers.*.IPv4Address');
    expect(pathInGeneral(['*bridge', 'Driver'])).toBe('*.Driver');
    expect(pathInGeneral(['NetworkSettings', 'Ports', '80/tcp', '*0', 'HostIp'])).toBe('NetworkSettings.Ports.80/tcp.*.HostIp');
  });

  it('must be the same for each member of what was looked through', () => {
    expect(pathInGeneral(['Networks', 'host', 'Gateway'], (depth) => depth === 1)).toBe('Networks.*.Gateway');
  });

  it('must be a dot for the whole answer', () => {
    expect(pathInGeneral([])).toBe('.');
  });
});

describe('the name of a member', () => {
  it('must be its key in a map, and what it is in a list, in whatever order', () => {
    expect(nameOf({ bridge: 1 }, 'bridge')).toBe('bridge');
    expect(nameOf(['bridge', 'host'], '1')).toBe('*host');
    expect(nameOf([{ Id: 'a', Name: 'one' }], '0')).toBe('*a');
    expect(nameOf([{ Name: 'one' }], '0')).toBe('*one');
  });

  it('must be its number in a list of things without id or name', () => {
    expect(nameOf([{ HostIp: '::' }, { HostIp: '0.0.0.0' }], '1')).toBe('*1');
  });

  it('must lead back to it', () => {
    expect(keyNamed(['host', 'bridge'], '*bridge')).toBe('1');
    expect(keyNamed({ a: 1 }, 'b')).toBeUndefined();
    expect(valueAt({ Networks: [{ Name: 'x', Driver: 'bridge' }] }, ['Networks', '*x', 'Driver'])).toBe('bridge');
    expect(valueAt({ Networks: null }, ['Networks', '*x', 'Driver'])).toBeUndefined();
  });
});
