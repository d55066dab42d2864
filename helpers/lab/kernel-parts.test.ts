import { describe, expect, it } from '@jest/globals';
import { loadingOrder } from './kernel-parts';

describe('modules of a guest', () => {
  const dependencies = [
    'kernel/drivers/net/virtio_net.ko.xz: kernel/net/core/failover/net_failover.ko.xz kernel/net/core/failover.ko.xz',
    'kernel/net/core/failover/net_failover.ko.xz: kernel/net/core/failover.ko.xz',
    'kernel/net/core/failover.ko.xz:',
    'kernel/drivers/block/virtio-blk.ko.xz:',
    '',
  ].join('\n');

  it('must be loaded after those that they need, each once', () => {
    expect(loadingOrder(dependencies, ['virtio_net', 'net_failover', 'virtio_blk'])).toEqual([
      'kernel/net/core/failover.ko.xz',
      'kernel/net/core/failover/net_failover.ko.xz',
      'kernel/drivers/net/virtio_net.ko.xz',
      'kernel/drivers/block/virtio-blk.ko.xz',
    ]);
  });

  it('must not be looked for where the kernel has them in itself', () => {
    expect(loadingOrder(dependencies, ['ext4'])).toEqual([]);
  });
});
