import { describe, expect, it } from '@jest/globals';
import { hostSettings } from './host-settings';

const printing = (stdout: string, exitCode = 0) => ({ exec: () => Promise.resolve({ exitCode, stdout, stderr: '' }) });

describe('what the kernel of a host was told', () => {
  it('must be that it has IPv6 and nonlocal addresses are refused, as they mostly are', async () => {
    expect(await hostSettings(printing('1\n0\n'))).toMatchObject({ ipv6: true, nonlocalBind: false });
  });

  it('must be seen where it is otherwise', async () => {
    // grep counts none, and fails then
    expect(await hostSettings(printing('0\n0\n1\n'))).toMatchObject({ ipv6: false, nonlocalBind: true });
  });

  it('must be as by default where nobody can look', async () => {
    expect(await hostSettings(printing('', 1))).toMatchObject({ ipv6: true, nonlocalBind: false });
    expect(await hostSettings({ exec: () => Promise.reject(new Error('no such container')) })).toMatchObject({
      ipv6: true,
      nonlocalBind: false,
    });
  });
});
