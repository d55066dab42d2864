import { describe, expect, it } from '@jest/globals';
import { engineWith } from '../selftest/samples';
import { daemonSettings, type DaemonOption } from './daemon-settings';

/** A host that prints this of its daemons: for each, how many PID namespaces give it a number, and its words. */
function hostWith(...daemons: readonly (readonly [depth: number, ...words: string[]])[]) {
  const stdout = daemons.map(([depth, ...words]) => `== ${depth}\n${words.join('\n')}\n`).join('');
  return { exec: () => Promise.resolve({ exitCode: 0, stdout, stderr: '' }) };
}

/** What is in daemon.json, and nothing in other files. */
const file = (content?: object) => (path: string) =>
  Promise.resolve(path === '/etc/docker/daemon.json' && content ? JSON.stringify(content) : undefined);

async function told(option: DaemonOption, daemons: readonly (readonly [number, ...string[]])[], content?: object, engine = engineWith()) {
  const setting = (await daemonSettings(engine, hostWith(...daemons), file(content)))(option);
  return setting && { value: setting.value, where: setting.where };
}

describe('what an operator told a daemon', () => {
  it('must be read from the command line, as a value or as true and false', async () => {
    expect(await told('userland-proxy', [[2, '/usr/bin/dockerd', '-H', 'fd://', '--userland-proxy=false', '--ipv6']])).toEqual({
      value: false,
      where: '--userland-proxy=false',
    });
    expect(await told('bip', [[2, 'dockerd', '--bip', '10.99.0.1/24']])).toEqual({ value: '10.99.0.1/24', where: '--bip=10.99.0.1/24' });
    expect(await told('ipv6', [[2, 'dockerd', '--ipv6', '--debug']])).toEqual({ value: true, where: '--ipv6=true' });
    expect(await told('bridge', [[2, 'dockerd', '-b', 'none']])).toEqual({ value: 'none', where: '--bridge=none' });
  });

  it('must be read from daemon.json, and from the file that the command line names instead', async () => {
    expect(await told('iptables', [[2, 'dockerd']], { iptables: false })).toEqual({ value: false, where: 'iptables in daemon.json' });
    expect(await told('iptables', [[2, 'dockerd', '--config-file=/elsewhere.json']], { iptables: false })).toBeUndefined();
    expect(await told('iptables', [], { iptables: false })).toMatchObject({ value: false });
  });

  it('must know a list by its name in the file', async () => {
    expect(await told('default-network-opts', [[2, 'dockerd', '--default-network-opt=bridge=x=y']])).toMatchObject({ value: 'bridge=x=y' });
  });

  it("must be that of the host's daemon, where another one runs in a container", async () => {
    expect(
      await told('bip', [
        [3, 'dockerd', '--bip=10.1.0.1/24'],
        [2, 'dockerd', '--bip=10.2.0.1/24'],
      ]),
    ).toMatchObject({ value: '10.2.0.1/24' });
    // which of the two is asked is not known
    expect(
      await told('bip', [
        [2, 'dockerd', '--bip=10.1.0.1/24'],
        [2, 'dockerd', '--bip=10.2.0.1/24'],
      ]),
    ).toBeUndefined();
  });

  it('must not be that of another user where the engine is rootless, nor of another engine', async () => {
    expect(await told('iptables', [], { iptables: false }, engineWith({ rootless: true }))).toBeUndefined();
    expect(await told('iptables', [], { iptables: false }, engineWith({ kind: 'podman' }))).toBeUndefined();
  });

  it('must be nothing where nobody can look, and where the file is none', async () => {
    const silent = { exec: () => Promise.reject(new Error('no such container')) };
    expect((await daemonSettings(engineWith(), silent, () => Promise.reject(new Error('no'))))('bip')).toBeUndefined();
    expect((await daemonSettings(engineWith(), hostWith(), () => Promise.resolve('{ "bip": ')))('bip')).toBeUndefined();
  });

  it('must keep nothing of the file as evidence but what decides about networks', async () => {
    const setting = (
      await daemonSettings(engineWith(), hostWith(), file({ iptables: false, proxies: { 'http-proxy': 'http://user:secret@proxy' } }))
    )('iptables');
    expect(JSON.stringify(setting?.evidence)).toContain('iptables');
    expect(JSON.stringify(setting?.evidence)).not.toContain('secret');
  });
});
