import { holderOf, type Facts } from '../facts';
import { networksAround } from '../inventory';
import { greetings } from '../greetings';
import { listed, type Proof, type Reason } from '../reason';
import { isReached, type Attempt } from '../talk';
import { isLoopback } from '../view';

const attemptSeen = ({ from }: Facts, { address, says }: Attempt, how = ''): Proof => ({
  where: from,
  what: `talking to ${address}${how}`,
  answer: says,
});

const whoIs = (facts: Facts, address: string): string => {
  const holder = holderOf(address, facts);
  return holder.kind === 'container' ? holder.member.name : address;
};

/** What the listener says, and what clients make of it. */
export const answerReasons: readonly Reason[] = [
  {
    code: 'path.mtu',
    layer: 'link',
    isLikely: true,
    asks: 'Does every link on the way carry packets of the size that the ends send?',
    look: (facts) => {
      const [narrow] = facts.sizes;
      const silent = facts.attempts.find(({ ending }) => ending === 'silent');
      if (!narrow || !silent) return undefined;
      return {
        summary: `packets of ${narrow.passes} bytes come from ${narrow.from} to ${narrow.to}, and those of ${narrow.vanishes} vanish: connections are made, and large answers do not come; a link on the way, such as a VPN's, carries less than the ends think`,
        remedy: `Give the network an MTU that passes: docker network create --opt com.docker.network.driver.mtu=${narrow.passes} NAME (driver_opts of compose, or "mtu" of daemon.json for the default bridge)`,
        seen: [
          ...facts.sizes.map((it) => ({
            where: it.from,
            what: `datagrams to ${it.to} that must not be cut`,
            answer: `${it.passes} bytes pass, ${it.vanishes} vanish`,
          })),
          attemptSeen(facts, silent),
        ],
      };
    },
  },
  {
    code: 'target.speaks-no-tls',
    layer: 'answer',
    asks: 'Does the server speak TLS, where TLS is asked for?',
    look: (facts) => {
      const wrong = facts.attempts.find(({ ending }) => ending === 'misunderstood' || ending === 'closed' || ending === 'silent');
      const { otherwise, target } = facts;
      if (!wrong || target.greeting !== 'https' || otherwise?.protocol !== 'http' || otherwise.attempt.ending !== 'answered')
        return undefined;
      return {
        summary: `${whoIs(facts, wrong.address)} speaks plain HTTP on port ${target.port}, and was asked over TLS`,
        remedy: `Ask for http://${target.host}:${target.port}/, or let the server speak TLS there`,
        seen: [attemptSeen(facts, wrong, ' over TLS'), attemptSeen(facts, otherwise.attempt, ' over HTTP')],
      };
    },
  },
  {
    code: 'target.speaks-tls',
    layer: 'answer',
    asks: 'Does the server want TLS, where it was asked without?',
    look: (facts) => {
      const wrong = facts.attempts.find(({ ending }) => ending === 'misunderstood' || ending === 'closed' || ending === 'silent');
      const { otherwise, target } = facts;
      if (!wrong || target.greeting !== 'http' || otherwise?.protocol !== 'https' || otherwise.attempt.ending !== 'answered')
        return undefined;
      return {
        summary: `${whoIs(facts, wrong.address)} speaks TLS on port ${target.port}, and was asked in plain HTTP`,
        remedy: `Ask for https://${target.host}:${target.port}/`,
        seen: [attemptSeen(facts, wrong, ' over HTTP'), attemptSeen(facts, otherwise.attempt, ' over TLS')],
      };
    },
  },
  {
    code: 'target.speaks-another-protocol',
    layer: 'answer',
    asks: 'Does the server speak the protocol of the port?',
    look: (facts) => {
      const wrong = facts.attempts.find(({ ending }) => ending === 'misunderstood');
      const { target } = facts;
      if (!wrong || target.greeting === undefined) return undefined;
      return {
        summary: `somebody answers at port ${target.port} of ${whoIs(facts, wrong.address)}, and does not speak ${greetings[target.greeting].protocol}: ${wrong.says}`,
        remedy: `Ask in the protocol that the server speaks, or at the port where the one that is meant listens`,
        seen: [attemptSeen(facts, wrong)],
      };
    },
  },
  {
    code: 'source.proxy-in-the-way',
    layer: 'answer',
    asks: 'Do variables of the source send its programs to a proxy, which does not get there?',
    look: (facts) => {
      const { throughProxy, target, source, from } = facts;
      if (!throughProxy || !source || isReached(throughProxy.attempt) || !facts.attempts.some(isReached)) return undefined;
      const { variable, proxy, attempt } = throughProxy;
      return {
        summary: `${variable} of ${from} sends programs that follow it to the proxy ${proxy}, which does not get to ${target.host} (${attempt.says}); without the proxy it answers`,
        remedy: `Add ${target.host} to NO_PROXY and no_proxy of ${source.service ?? source.name}; "proxies" of ~/.docker/config.json sets them for all containers`,
        seen: [
          { where: 'engine', what: `variables of ${source.name}`, answer: listed(proxyVariables(source.environment)) },
          { where: from, what: `${target.host} through the proxy`, answer: attempt.says },
          ...facts.attempts.map((it) => attemptSeen(facts, it, ' without the proxy')),
        ],
      };
    },
  },
  {
    code: 'target.answers-otherwise',
    layer: 'answer',
    asks: 'Is the answer the page that was asked for?',
    look: (facts) => {
      const wrong = facts.attempts.find(({ status = 0 }) => status >= 500);
      if (!wrong || facts.target.url === undefined) return undefined;
      const who = whoIs(facts, wrong.address);
      return {
        summary: `${who} is reached and answers with the status ${wrong.status ?? 0}: the network is not what keeps the page back`,
        remedy: `docker logs ${who}  # why it does; a gateway that answers 502 or 504 does not reach what is behind it: trace ${who} to that`,
        seen: [attemptSeen(facts, wrong)],
      };
    },
  },
  {
    code: 'source.stale-address',
    layer: 'address',
    asks: 'Does a program of the source still use an address that the name had before?',
    look: (facts) => {
      const { source, sourceView, lookup, inventory, target, from } = facts;
      if (!source || !sourceView || !lookup || !facts.attempts.every(isReached)) return undefined;
      const old = sourceView.sockets.find(
        ({ transport, state, remotePort, remoteAddress }) =>
          transport === 'tcp' &&
          state === 'connecting' &&
          remotePort === target.port &&
          !lookup.addresses.includes(remoteAddress) &&
          !isLoopback(remoteAddress) &&
          networksAround(remoteAddress, inventory).some(({ name }) => name in source.endpoints),
      );
      return (
        old && {
          summary: `${old.process ?? 'a program'} in ${from} keeps trying ${old.remoteAddress}:${old.remotePort}, while ${target.host} is ${listed(lookup.addresses)} now and answers there: it has kept an old address`,
          remedy: `docker restart ${source.name}  # and let the program look the name up again: for Java networkaddress.cache.ttl, for nginx "resolver 127.0.0.11"`,
          seen: [
            {
              where: from,
              what: 'a connection that is being made',
              answer: `${old.remoteAddress}:${old.remotePort}${old.process === undefined ? '' : `, ${old.process}`}`,
            },
            { where: from, what: target.host, answer: listed(lookup.addresses) },
          ],
        }
      );
    },
  },
  {
    code: 'target.another-answers',
    layer: 'answer',
    isLikely: true,
    asks: 'Is it the container with that address that answers?',
    look: (facts) => {
      const [passed] = facts.unvisited;
      const wrong = facts.attempts.find(({ address }) => whoIs(facts, address) === passed?.name);
      if (!passed || !wrong) return undefined;
      return {
        summary: `somebody answers at ${wrong.address}, the address of ${passed.name}, and ${passed.name} itself was not asked: its kernel has taken no connection meanwhile`,
        remedy: `Look for who else has the address, or which rule leads elsewhere: trace once more with --privileged-diagnosis, or as root on the engine's host`,
        seen: [attemptSeen(facts, wrong), { where: passed.name, what: 'connections that its kernel took during that', answer: '0' }],
      };
    },
  },
];

function proxyVariables(environment: Record<string, string>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => (/^(https?|all|no)_proxy$/i.test(name) ? [`${name}=${value}`] : []));
}
