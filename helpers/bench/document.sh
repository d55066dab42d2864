#!/usr/bin/env bash
# The document's claims as a plain script over the docker CLI and jq: what the suite is compared with.
#
#   DOCKER_HOST=unix:///run/docker.sock HOST_PREFIX= bash document.sh
#
# HOST_PREFIX is put before the commands that run on the engine's host; empty when that is here. The engine must have
# nginx:latest (with curl, as the official image has it), its default bridge must be unconfigured, and the ports 80 and
# 8080 of its host must be free. Prints "ok ID" or "not ok ID" for each claim that applies to the engine's version.
set -u

host=nginx-host-$$ published=nginx-published-$$ nginx01=nginx01-$$ nginx02=nginx02-$$
failed=0
trap 'docker rm -f "$host" "$published" "$nginx01" "$nginx02" >/dev/null 2>&1' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# check STATUS ID
check() {
  if (($1 == 0)); then
    echo "ok $2"
  else
    echo "not ok $2"
    failed=1
  fi
}

# HOST_PREFIX is meant to be split into words
# shellcheck disable=SC2086
on_host() { ${HOST_PREFIX:-} "$@"; }

inside() { docker exec "$@"; }

# is JSON [JQ-OPTION...] FILTER: the filter is true of the document
is() { jq --exit-status "${@:2}" <<<"$1" >/dev/null; }

is_id() { [[ $1 =~ ^[0-9a-f]{64}$ ]]; }

# give_token CONTAINER: an answer that tells its server from every other
give_token() {
  local token
  token=$(</proc/sys/kernel/random/uuid)
  inside "$1" sh -c "echo $token >/usr/share/nginx/html/identity" && echo "$token"
}

get=(curl --silent --fail --noproxy '*' --connect-timeout 2 --max-time 5)

# answers TOKEN URL COMMAND...: who answers when COMMAND runs curl
answers() { [[ $("${@:3}" "${get[@]}" "$2/identity") == "$1" ]]; }

# refused URL: the host's own connection is refused, and does not end in any other way
refused() { on_host "${get[@]}" --verbose "$1" 2>&1 | grep --quiet 'Connection refused'; }

wait_for() {
  local tries=0
  until on_host "${get[@]}" --output /dev/null "$1"; do
    ((++tries < 200)) || return 1
    sleep 0.05
  done
}

# welcome URL COMMAND...: curl shows the page
welcome() {
  local page line
  page=$("${@:2}" "${get[@]}" "$1")
  for line in '<!DOCTYPE html>' '<html>' '<head>' '<title>Welcome to nginx!</title>' '</head>' '<body>' \
    '<h1>Welcome to nginx!</h1>' '<p><em>Thank you for using nginx.</em></p>' '</body>' '</html>'; do
    [[ $'\n'$page$'\n' == *$'\n'$line$'\n'* ]] || return 1
  done
}

# What a network namespace looks like where COMMAND runs.
namespace() { "$@" readlink /proc/self/ns/net; }
addresses() { "$@" cat /proc/net/fib_trie /proc/net/if_inet6 | awk '/\|--/ {last = $2} /host LOCAL/ {print last} NF == 6 {print $1, $6}' | sort -u; }
listeners() { "$@" cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" {print $2}' | sort; }

version=$(docker version --format '{{.Server.Version}}')
major=${version%%.*}

# --- network models ---

drivers=$(docker info --format '{{json .Plugins.Network}}')
is "$drivers" 'contains(["bridge", "host", "null"])'
check $? models.engine-offers-bridge-host-and-none
is "$drivers" '. - ["bridge", "host", "null"] | length > 0'
check $? models.engine-offers-further-drivers

builtin=$(docker network ls --filter type=builtin --no-trunc --format '{{.ID}} {{.Name}} {{.Driver}} {{.Scope}}' | sort --key 2)
[[ $(cut --delimiter ' ' --fields 2- <<<"$builtin") == $'bridge bridge local\nhost host local\nnone null local' ]]
check $? models.builtin-networks-are-exactly-three

by_short_id() {
  local id name
  while read -r id name _; do
    is_id "$id" && [[ $(docker network inspect --format '{{.Id}} {{.Name}}' "${id:0:12}") == "$id $name" ]] || return 1
  done <<<"$builtin"
}
by_short_id
check $? models.network-ids-are-64-hex-digits

table_of_networks() {
  local table id rest
  table=$(docker network ls | sed --regexp-extended 's/ {2,}/|/g; s/\|$//')
  [[ $(head --lines 1 <<<"$table") == 'NETWORK ID|NAME|DRIVER|SCOPE' ]] || return 1
  while read -r id rest; do
    grep --quiet --line-regexp --fixed-strings "${id:0:12}|${rest// /|}" <<<"$table" || return 1
  done <<<"$builtin"
}
table_of_networks
check $? models.network-ls-shows-the-default-networks

# --- bridge: a container with two listeners, one of them published ---

token=$(</proc/sys/kernel/random/uuid)
docker run -d -it -p 80 --name "$published" nginx:latest sh -c "
  echo $token >/usr/share/nginx/html/identity
  echo 'server { listen 8080; root /usr/share/nginx/html; }' >/etc/nginx/conf.d/second.conf
  exec nginx -g 'daemon off;'" >/dev/null
container=$(docker inspect "$published")
network=$(docker network inspect bridge)
address=$(jq --raw-output '.[0].NetworkSettings.Networks.bridge.IPAddress' <<<"$container")
port=$(jq --raw-output '.[0].NetworkSettings.Ports["80/tcp"][] | select(.HostIp == "0.0.0.0").HostPort' <<<"$container")
wait_for "http://$address"

is "$container" --argjson network "$network" '.[0] | .Id as $id |
  (.NetworkSettings.Networks | keys == ["bridge"]) and
  .NetworkSettings.Networks.bridge.NetworkID == $network[0].Id and
  ($network[0].Containers | has($id))'
check $? bridge.default.is-what-a-container-gets

own=$(namespace inside "$published") && [[ $own =~ ^net:\[[0-9]+\]$ && $own != "$(namespace on_host)" ]]
check $? bridge.default.container-has-its-own-namespace

answers "$token" "http://localhost:$port" on_host
check $? bridge.published.host-reaches-the-container

on_host ps -e -o args |
  grep --quiet --extended-regexp "docker-proxy -proto tcp -host-ip 0\.0\.0\.0 -host-port $port -container-ip ${address//./\\.} -container-port 80( |$)" &&
  listeners on_host | grep --quiet --line-regexp "$(printf '00000000:%04X' "$port")"
check $? bridge.published.docker-proxy-listens

control() { answers "$token" "http://$address:8080" on_host && answers "$token" "http://localhost:$port" on_host; }
control && refused http://localhost:8080 && control
check $? bridge.unpublished.host-port-refuses

# --- host mode ---

id=$(docker run -d -it --network host --name "$host" nginx:latest)
token=$(give_token "$host")
wait_for http://localhost
container=$(docker inspect "$host")
network=$(docker network inspect host)
endpoint=$(jq '.[0].NetworkSettings.Networks.host' <<<"$container")

own=$(namespace inside "$host") && [[ $own =~ ^net:\[[0-9]+\]$ && $own == "$(namespace on_host)" ]]
check $? host.shares-the-hosts-network-namespace
is_id "$id" && is "$container" --arg id "$id" '.[0].Id == $id'
check $? host.run-returns-a-64-digit-id

if ((major < 29)); then
  is "$container" '.[0].NetworkSettings.Bridge == ""'
  check $? host.inspect.bridge-field-is-empty
fi
is "$container" '.[0].NetworkSettings.SandboxID | test("^[0-9a-f]{64}$")'
check $? host.inspect.sandbox-id-is-64-digits
is "$container" '.[0] | .HostConfig.NetworkMode == "host" and (.NetworkSettings.Networks | keys == ["host"])'
check $? host.inspect.host-is-the-only-network
is "$endpoint" '[has("IPAMConfig", "Links", "Aliases", "DriverOpts")] + [.IPAMConfig, .Links, .Aliases, .DriverOpts | . == null] | all'
check $? host.inspect.configuration-is-null
is "$endpoint" --argjson network "$network" '.NetworkID == $network[0].Id and (.NetworkID | test("^[0-9a-f]{64}$"))'
check $? host.inspect.network-id-is-the-host-networks
is "$endpoint" --argjson network "$network" --arg id "$id" '.EndpointID == $network[0].Containers[$id].EndpointID and (.EndpointID | test("^[0-9a-f]{64}$"))'
check $? host.inspect.endpoint-id-is-64-digits-while-running
is "$endpoint" '.Gateway == "" and .IPAddress == "" and .IPPrefixLen == 0'
check $? host.inspect.ipv4-fields-are-empty
is "$endpoint" '.IPv6Gateway == "" and .GlobalIPv6Address == "" and .GlobalIPv6PrefixLen == 0'
check $? host.inspect.ipv6-fields-are-empty
is "$endpoint" '.MacAddress == ""'
check $? host.inspect.mac-address-is-empty

answers "$token" http://localhost on_host && is "$container" '.[0] | (.HostConfig.PortBindings // {}) == {} and .NetworkSettings.Ports == {}'
check $? host.needs-no-published-port
answers "$token" http://localhost on_host && welcome http://localhost on_host
check $? host.localhost-shows-the-welcome-page

answers "$token" http://localhost on_host
reached_before=$?
containers_before=$(docker ps --all --quiet --no-trunc)
network_before=$(docker network inspect host)
stopped=$(docker stop "$host")
exited=$(docker inspect "$host")
removed=$(docker rm "$host")

[[ $stopped == "$host" ]] && is "$exited" '.[0].State.Running == false'
check $? host.stop-prints-the-name
is "$exited" '.[0].NetworkSettings.Networks | keys == ["host"] and .host.EndpointID == ""'
check $? host.inspect.endpoint-id-is-empty-after-exit
sandbox_before=$(jq --raw-output '.[0].NetworkSettings.SandboxID' <<<"$container")
if ((major < 27)); then
  is "$exited" --arg id "$sandbox_before" '.[0].NetworkSettings.SandboxID == $id'
  check $? host.inspect.sandbox-id-stays-after-exit
else
  [[ $sandbox_before =~ ^[0-9a-f]{64}$ ]] && is "$exited" '.[0].NetworkSettings.SandboxID == ""'
  check $? host.inspect.sandbox-id-is-empty-after-exit
fi
[[ $removed == "$host" ]]
check $? host.rm-prints-the-name
grep --quiet "$id" <<<"$containers_before" && ! docker ps --all --quiet --no-trunc | grep --quiet "$id"
check $? host.removed.container-is-gone
((reached_before == 0)) && refused http://localhost
check $? host.removed.listener-is-gone
network=$(docker network inspect host)
is "$network_before" --arg id "$id" '.[0].Containers | has($id)' && is "$network" --arg id "$id" '.[0].Containers | has($id) | not'
check $? host.removed.endpoint-is-gone

# --- two containers on the default bridge ---

id01=$(docker run -d -it --name "$nginx01" nginx:latest)
id02=$(docker run -d -it --name "$nginx02" nginx:latest)
token01=$(give_token "$nginx01")
token02=$(give_token "$nginx02")
containers=$(docker inspect "$nginx01" "$nginx02")
network=$(docker network inspect bridge)
{ read -r address01 && read -r address02; } < <(jq --raw-output '.[].NetworkSettings.Networks.bridge.IPAddress' <<<"$containers")
{ read -r mac01 && read -r mac02; } < <(jq --raw-output --arg one "$id01" --arg two "$id02" '.[0].Containers[$one, $two].MacAddress' <<<"$network")
wait_for "http://$address01"
wait_for "http://$address02"

# of_both FILTER: true of what the network lists of each; $it is the container object
of_both() {
  is "$network" --argjson containers "$containers" "
    def number: split(\"/\")[0] | split(\".\") | reduce .[] as \$byte (0; . * 256 + (\$byte | tonumber));
    def hex: \"0123456789abcdef\" as \$digits | (. / 16 | floor) as \$high | \$digits[\$high:\$high + 1] + \$digits[. % 16:. % 16 + 1];
    def derived: \"02:42:\" + (split(\"/\")[0] | split(\".\") | map(tonumber | hex) | join(\":\"));
    .[0] as \$network | [\$containers[] | . as \$it | \$network.Containers[.Id] | $1] | all and length == 2"
}

is_port() {
  local bridge index
  bridge=$(jq --raw-output '.[0].Options["com.docker.network.bridge.name"]' <<<"$network")
  index=$(inside "$1" cat /sys/class/net/eth0/iflink)
  on_host sh -c "for port in /sys/class/net/$bridge/brif/*; do cat /sys/class/net/\${port##*/}/ifindex; done" | grep --quiet --line-regexp "$index"
}
is_port "$nginx01" && is_port "$nginx02"
check $? bridge.default.connects-containers-by-veth

is_id "$id01" && is_id "$id02" && [[ $id01 != "$id02" ]] && is "$containers" --arg one "$id01" --arg two "$id02" 'map(.Id) == [$one, $two]'
check $? bridge.run-returns-64-digit-ids
listed=$(jq --raw-output '.[0].Containers | keys[]' <<<"$network")
[[ $listed == *"$id01"* && $listed == *"$id02"* && $listed == "$(docker ps --quiet --no-trunc --filter network=bridge | sort)" ]]
check $? bridge.inspect.lists-exactly-the-added-containers
of_both '"/" + .Name == $it.Name'
check $? bridge.inspect.names-are-the-containers
of_both '(.EndpointID | test("^[0-9a-f]{64}$")) and .EndpointID == $it.NetworkSettings.Networks.bridge.EndpointID'
check $? bridge.inspect.endpoint-ids-are-the-containers
of_both '$network.IPAM.Config[0].Subnet as $subnet | ($subnet | split("/")[1]) as $length | pow(2; 32 - ($length | tonumber)) as $size |
  (.IPv4Address | split("/")[1]) == $length and (.IPv4Address | number / $size | floor) == ($subnet | number / $size | floor)'
check $? bridge.inspect.ipv4-is-in-the-bridges-subnet
addresses inside "$nginx01" | grep --quiet --line-regexp --fixed-strings "$address01" &&
  addresses inside "$nginx02" | grep --quiet --line-regexp --fixed-strings "$address02" &&
  of_both '.IPv4Address | startswith($it.NetworkSettings.Networks.bridge.IPAddress + "/")'
check $? bridge.inspect.ipv4-is-the-containers-own
of_both '.IPv4Address | test("^172\\.17\\.[0-9]+\\.[0-9]+/16$")'
check $? bridge.default.subnet-is-172-17
of_both '($containers | map($network.Containers[.Id].IPv4Address | number) | sort) as $pair |
  [range($pair[0] + 1; $pair[1])] - [$network.Containers[].IPv4Address | number] == []'
check $? bridge.inspect.addresses-are-adjacent
of_both '.IPv6Address == ""'
check $? bridge.inspect.ipv6-is-empty
if ((major < 28)); then
  of_both '.MacAddress == (.IPv4Address | derived)'
  check $? bridge.inspect.mac-is-derived-from-ipv4
else
  of_both '(.MacAddress | test("^[0-9a-f][26ae](:[0-9a-f]{2}){5}$")) and .MacAddress != (.IPv4Address | derived)'
  check $? bridge.inspect.mac-is-random
fi
[[ $(inside "$nginx01" cat /sys/class/net/eth0/address) == "$mac01" && $(inside "$nginx02" cat /sys/class/net/eth0/address) == "$mac02" ]]
check $? bridge.inspect.mac-is-the-interfaces

answers "$token02" "http://$address02" inside "$nginx01" && answers "$token01" "http://$address01" inside "$nginx02"
check $? bridge.default.peers-reach-each-other
welcome "http://$address02" inside "$nginx01" && welcome "http://$address01" inside "$nginx02"
check $? bridge.default.peers-show-the-welcome-page

exit "$failed"
