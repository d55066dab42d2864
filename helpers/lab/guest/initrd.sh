#!/bin/busybox sh
# The first program of a kernel of a lab's own, from its initial RAM disk: mounts the engine's host and goes over to it.
#
# The first disk is the root file system of the engine, the second has the kernel's modules and the agent's interpreter.
# Nothing is written to either.
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
while read -r module; do
  insmod "/modules/$module" || echo "the module $module cannot be loaded"
done </modules/order
mount -t ext4 -o ro /dev/vda /root
mount -t tmpfs -o mode=0755 tmpfs /writes
mkdir /writes/upper /writes/work
mount -t overlay overlay -o lowerdir=/root,upperdir=/writes/upper,workdir=/writes/work /new
mount -t tmpfs -o mode=0755 tmpfs /new/run
mkdir -p /new/run/lab/guest /new/run/lock /new/usr/lib/modules
mount -t ext4 -o ro /dev/vdb /new/run/lab/guest
mount --bind /new/run/lab/guest/usr/lib/modules /new/usr/lib/modules
cp /host.sh /agent.pl /new/run/lab/
umount /proc
mount --move /dev /new/dev
exec switch_root /new /bin/sh /run/lab/host.sh
