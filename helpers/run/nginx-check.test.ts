import { describe, expect, it } from '@jest/globals';
import { restrictionsIn } from './nginx-check';

describe('what an engine restricts containers by', () => {
  it('must be told in the words of those who set it', () => {
    expect(
      restrictionsIn(['name=apparmor', 'name=seccomp,profile=/etc/docker/strict.json', 'name=selinux', 'name=cgroupns', 'name=rootless']),
    ).toEqual(['AppArmor', 'seccomp (profile /etc/docker/strict.json)', 'SELinux']);
  });

  it('must not be what restricts nothing', () => {
    expect(restrictionsIn(['name=seccomp,profile=unconfined', 'seccomp', ''])).toEqual([]);
  });
});
