#!/bin/sh
# Becomes Debian's sshd, in the network namespace that it is started in, over a root file system of its own.
#
#   sshd.sh ROOT FOLDER ENGINE
#
# ROOT    folder with the packages' files; only read
# FOLDER  FOLDER/mnt is a place to mount things; FOLDER/ssh has what sshd reads
# ENGINE  folder with the engine's socket
set -eu
root=$1 folder=$2 engine=$3
mount --bind "$root" "$folder/mnt"
mount -t proc proc "$folder/mnt/proc"
mount --rbind /dev "$folder/mnt/dev"
mount -t tmpfs -o mode=0755 tmpfs "$folder/mnt/run"
mkdir "$folder/mnt/run/sshd" "$folder/mnt/run/ssh" "$folder/mnt/run/engine"
mount --bind "$folder/ssh" "$folder/mnt/run/ssh"
mount --bind "$engine" "$folder/mnt/run/engine"
ln -s engine/docker.sock "$folder/mnt/run/docker.sock"
exec chroot "$folder/mnt" /usr/sbin/sshd -D -e -f /run/ssh/sshd_config
