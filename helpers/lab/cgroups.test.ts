import { expect, it } from '@jest/globals';
import { cgroupMounts } from './cgroups';

it('cgroups are found where they are mounted, in either version', () => {
  const mountinfo = [
    '24 1 254:0 / / rw - ext4 /dev/vda rw',
    '30 24 0:26 / /sys/fs/cgroup rw shared:4 - tmpfs tmpfs rw',
    '31 30 0:27 / /sys/fs/cgroup/cpu rw shared:5 - cgroup cgroup rw,cpu',
    '32 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    '33 24 0:29 / /mnt/a\\040b rw - cgroup2 cgroup2 rw',
    '',
  ].join('\n');
  expect(cgroupMounts(mountinfo)).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified', '/mnt/a b']);
});
