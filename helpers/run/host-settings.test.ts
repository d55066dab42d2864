import { describe, expect, it } from '@jest/globals';
import { hostSettings } from './host-settings';

const printing = (stdout: string, exitCode = 0) => ({ exec: () => Promise.resolve({ exitCode, stdout, stderr: '' }) });

const settings = (loopback: string, nonlocalBind: string, forwarding: readonly [string, string]) =>
  printing(
    `loopback=${loopback}\nipv4/ip_nonlocal_bind:${nonlocalBind}\nipv6/conf/all/forwarding:${forwarding[0]}\nipv6/conf/default/forwarding:${forwarding[1]}\n`,
  );

describe('what the kernel of a host was told', () => {
  it('must be that it has IPv6 and nonlocal addresses are refused, as they mostly are', async () => {
    expect(await hostSettings(settings('1', '0', ['1', '1']))).toMatchObject({ ipv6: true, ipv6Forwarding: true, nonlocalBind: false });
  });

  it('must be seen where it is otherwise', async () => {
    expect(await hostSettings(settings('0', '1', ['0', '0']))).toMatchObject({ ipv6: false, ipv6Forwarding: false, nonlocalBind: true });
    expect(await hostSettings(settings('1', '0', ['1', '0']))).toMatchObject({ ipv6Forwarding: false });
  });

  it('must be told of a kernel that has no IPv6 at all', async () => {
    expect(await hostSettings(printing('loopback=\nipv4/ip_nonlocal_bind:0\n'))).toMatchObject({ ipv6: false, nonlocalBind: false });
  });

  it('must be as by default where nobody can look', async () => {
    const byDefault = { ipv6: true, ipv6Forwarding: true, nonlocalBind: false };
    expect(await hostSettings(printing('', 1))).toMatchObject(byDefault);
    expect(await hostSettings({ exec: () => Promise.reject(new Error('no such container')) })).toMatchObject(byDefault);
  });
});
