import { covers, holderOf, isHosts, publishersOf, type Facts } from '../facts';
import { type Binding, type Member } from '../inventory';
import { listed, type Proof, type Reason } from '../reason';
import { isReached, type Attempt } from '../talk';
import { isLoopback, listenersOn } from '../view';

/** The attempt at an address of the host that failed. */
function failedAtHost(facts: Facts): Attempt | undefined {
  return facts.attempts.find((it) => !isReached(it) && isHosts(it.address, facts));
}

const bindingInWords = ({ hostAddress, hostPort, containerPort, transport }: Binding): string =>
  `${hostAddress === '' ? '' : `${hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress}:`}${hostPort} -> ${containerPort}/${transport}`;

const bindingsSeen = (member: Member): Proof => ({
  where: 'engine',
  what: `published ports of ${member.name}`,
  answer: member.published.map(bindingInWords).join('\n') || 'none',
});

const attemptSeen = ({ from }: Facts, { address, says }: Attempt): Proof => ({ where: from, what: `talking to ${address}`, answer: says });

/** Ports of the host, and who publishes them. */
export const portReasons: readonly Reason[] = [
  {
    code: 'port.published-on-another-address',
    layer: 'port',
    asks: 'Is the port published at the address of the host that is asked?',
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const publishers = publishersOf(facts);
      const [first] = publishers;
      if (!wrong || !first || publishers.some(({ binding }) => covers(binding.hostAddress, wrong.address))) return undefined;
      return {
        summary: `${first.member.name} publishes port ${facts.target.port} at ${first.binding.hostAddress} of the host alone, and ${facts.target.host} is ${wrong.address}`,
        remedy: `${facts.source ? `Ask ${first.member.name} over a network that both share, or publish` : 'Publish'} the port as "${facts.target.port}:${first.binding.containerPort}", or ask at ${first.binding.hostAddress}`,
        seen: [bindingsSeen(first.member), attemptSeen(facts, wrong)],
      };
    },
  },
  {
    code: 'target.host-mode-ignores-ports',
    layer: 'port',
    asks: 'Is the port one that a container in host mode was to publish?',
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const { inventory, target } = facts;
      const inHostMode = inventory.members.flatMap((member) =>
        member.networkMode === 'host' ? member.wished.map((binding) => ({ member, binding })) : [],
      );
      const found = inHostMode.find(({ binding }) => binding.hostPort === target.port);
      if (!wrong || wrong.ending !== 'refused' || !found || found.binding.containerPort === target.port) return undefined;
      return {
        summary: `${found.member.name} is in host mode, where "ports:" counts for nothing: ${bindingInWords(found.binding)} is not made, and its server is at port ${found.binding.containerPort} of the host itself`,
        remedy: `Ask at port ${found.binding.containerPort}, or take "network_mode: host" from ${found.member.service ?? found.member.name}`,
        seen: [
          {
            where: 'engine',
            what: `network mode and wished ports of ${found.member.name}`,
            answer: `host; ${bindingInWords(found.binding)}`,
          },
          attemptSeen(facts, wrong),
        ],
      };
    },
  },
  {
    code: 'network.internal-publishes-nothing',
    layer: 'port',
    asks: 'Was the port to be published by a container that is in internal networks only?',
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const { inventory, target } = facts;
      const wanting =
        wrong &&
        inventory.members.find(
          ({ wished, published, status }) =>
            status === 'running' &&
            wished.some(({ hostPort }) => hostPort === target.port) &&
            !published.some(({ hostPort }) => hostPort === target.port),
        );
      const own = inventory.networks.filter(({ name }) => wanting && name in wanting.endpoints);
      if (!wrong || !wanting || own.length === 0 || !own.every(({ internal }) => internal)) return undefined;
      return {
        summary: `${wanting.name} is only in ${listed(own.map(({ name }) => name))}, which is internal: from there no port is published`,
        remedy: `docker network connect NETWORK ${wanting.name}  # one that is not internal`,
        seen: [
          { where: 'engine', what: `wished ports of ${wanting.name}`, answer: wanting.wished.map(bindingInWords).join('\n') },
          bindingsSeen(wanting),
          attemptSeen(facts, wrong),
        ],
      };
    },
  },
  {
    code: 'port.owner-not-running',
    layer: 'port',
    asks: 'Does the container run that is to publish the port?',
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const { inventory, target } = facts;
      const owner = inventory.members.find(
        ({ wished, status }) => status !== 'running' && status !== 'paused' && wished.some(({ hostPort }) => hostPort === target.port),
      );
      if (!wrong || wrong.ending !== 'refused' || !owner || publishersOf(facts).length > 0) return undefined;
      return {
        summary: `${owner.name}, which publishes port ${target.port} of the host, does not run: it is ${owner.status}`,
        remedy: `docker start ${owner.name}  # docker logs ${owner.name} shows why it ended`,
        seen: [{ where: 'engine', what: `state of ${owner.name}`, answer: owner.status }, attemptSeen(facts, wrong)],
      };
    },
  },
  {
    code: 'port.not-published',
    layer: 'port',
    asks: 'Is the port published at all, and under that number?',
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const { inventory, target, hostView } = facts;
      if (!wrong || wrong.ending !== 'refused' || publishersOf(facts).length > 0) return undefined;
      if (listenersOn(hostView, target.port, target.transport).length > 0) return undefined;
      const running = inventory.members.filter(({ status, networkMode }) => status === 'running' && networkMode !== 'host');
      const elsewhere = running.flatMap((member) =>
        member.published
          .filter((it) => it.containerPort === target.port && it.transport === target.transport)
          .map((binding) => ({ member, binding })),
      );
      const exposing = running.filter(({ exposed }) => exposed.includes(`${target.port}/${target.transport}`));
      const [one] = elsewhere;
      if (one && elsewhere.every(({ member }) => member === one.member))
        return {
          summary: `nobody publishes port ${target.port} of the host; port ${target.port} of ${one.member.name} is published as ${one.binding.hostPort}`,
          remedy: `Ask at port ${one.binding.hostPort}`,
          seen: [bindingsSeen(one.member), attemptSeen(facts, wrong)],
        };
      const names = listed(exposing.map(({ name }) => name));
      return exposing.length > 0
        ? {
            summary: `${names} ${exposing.length > 1 ? 'have' : 'has'} port ${target.port} and ${exposing.length > 1 ? 'do' : 'does'} not publish it: EXPOSE alone opens nothing on the host`,
            remedy: `Publish it: --publish ${target.port}:${target.port}, or in compose ports: ["${target.port}:${target.port}"]`,
            seen: [
              ...exposing.map(({ name, exposed }) => ({ where: 'engine', what: `exposed ports of ${name}`, answer: listed(exposed) })),
              ...exposing.map(bindingsSeen),
              attemptSeen(facts, wrong),
            ],
          }
        : undefined;
    },
  },
  {
    code: 'host.service-on-loopback',
    layer: 'listener',
    asks: "Does the host's own program listen where containers can ask?",
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const { target, source, hostView, from } = facts;
      const sockets = listenersOn(hostView, target.port, target.transport);
      if (!wrong || wrong.ending !== 'refused' || !source || isLoopback(wrong.address) || sockets.length === 0) return undefined;
      if (!sockets.every(({ address }) => isLoopback(address))) return undefined;
      return {
        summary: `the program on the host that has port ${target.port} listens on ${listed(sockets.map(({ address }) => address))} alone, which ${from} cannot reach`,
        remedy: `Let it listen on ${wrong.address} or on all addresses of the host: its own configuration says where`,
        seen: [
          {
            where: 'host',
            what: `who listens on port ${target.port}`,
            answer: listed(sockets.map(({ address, process }) => `${address}${process === undefined ? '' : `, ${process}`}`)),
          },
          attemptSeen(facts, wrong),
        ],
      };
    },
  },
  {
    code: 'host.nobody-listens',
    layer: 'listener',
    asks: 'Does anybody listen on that port of the host?',
    look: (facts) => {
      const wrong = failedAtHost(facts);
      const { target, hostView } = facts;
      if (!wrong || wrong.ending !== 'refused' || !hostView || holderOf(wrong.address, facts).kind !== 'host') return undefined;
      if (listenersOn(hostView, target.port, target.transport).length > 0) return undefined;
      return {
        summary: `nobody listens on port ${target.port} of the host, neither a program of its own nor a container that publishes it`,
        remedy: `Start what is to answer there, or publish the port of the container that is meant; ss -ltn on the host shows who listens`,
        seen: [{ where: 'host', what: `who listens on port ${target.port}`, answer: 'nobody' }, attemptSeen(facts, wrong)],
      };
    },
  },
];
