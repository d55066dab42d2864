#!/usr/bin/env bash
# What labs need on a runner; to be run as root. The runner's cache gets the labs' folder as one archive, because it packs
# as an ordinary user, who cannot read or restore all of an engine's files.
#
#   labs.sh keys           Debian's keys, which Ubuntu lacks
#   labs.sh pack FILE      the labs' folder into an archive
#   labs.sh unpack FILE    the archive into the labs' folder
set -euo pipefail

folder=${XDG_CACHE_HOME:-$HOME/.cache}/docker-network-conformance

case $1 in
  keys)
    [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || { apt-get --quiet update && apt-get --quiet install --yes debian-archive-keyring; }
    ;;
  pack)
    tar --create --file "$2" --numeric-owner --directory "$folder" --exclude=./compiled --exclude=./lock .
    ;;
  unpack)
    mkdir -p "$folder"
    # what is there stays: half of one entry and half of another would be neither
    shopt -s nullglob
    there=()
    for entry in "$folder"/*; do there+=("--exclude=./${entry##*/}"); done
    tar --extract --file "$2" --numeric-owner --preserve-permissions --directory "$folder" --anchored "${there[@]}"
    ;;
esac
