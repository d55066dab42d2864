import type { NamespaceState } from '../namespace-state';
import { isHost, packetsAt, type Scene } from '../scene';
import { fieldOf, hasFlag, type Trace } from '../trace';
import { silence, type Finding, type Rung } from './layer';
import { firstPackets } from './rules';

/** Bytes above which an IPv4 packet carries more than what makes or ends a connection. */
const withoutData = 80;

/** What the server does with a connection that it has, as far as its packets were followed. */
export const answers: readonly Rung[] = [
  {
    code: 'target.no-descriptors',
    asks: 'Has the server a file descriptor left for one more connection?',
    explains: ['timed-out'],
    look: ({ target, targetPort, targetContainer }) => {
      const pids = (target?.listening ?? []).flatMap(({ port, process }) =>
        port === targetPort ? Number(/process (\d+)\)/.exec(process ?? '')?.[1] ?? Number.NaN) : [],
      );
      const full = target?.descriptors.find(({ process, used, limit }) => pids.includes(process) && used >= limit);
      return target && full
        ? {
            summary: `the server in ${target.place} has no file descriptor left for one more connection (process ${full.process}: ${full.used} of ${full.limit}): the kernel accepts it, and nobody takes it`,
            remedy: `Let it close what it holds, or give it more: docker run --ulimit nofile=… in place of ${targetContainer?.containerName ?? target.place}`,
            seen: [
              { of: target, section: 'descriptors' },
              { of: target, section: 'listening' },
            ],
          }
        : undefined;
    },
  },
  {
    code: 'target.queue-full',
    asks: 'Has the server room in its queue for one more connection?',
    explains: [...silence, 'refused', 'reset'],
    look: ({ target, targetPort, targetContainer }) => {
      const full = (target?.listening ?? []).find(
        ({ port, waiting = 0, mayWait = 0 }) => port === targetPort && mayWait > 0 && waiting > mayWait,
      );
      return target && full
        ? {
            summary: `the server in ${target.place} takes no connection from its queue, which is full (${full.waiting} wait, ${full.mayWait} may): the kernel accepts no more`,
            remedy: `Ask the server itself why it takes none: docker logs ${targetContainer?.containerName ?? target.place}`,
            seen: [{ of: target, section: 'listening' }],
          }
        : undefined;
    },
  },
  {
    code: 'target.silent',
    asks: 'Does the server answer a connection that it has accepted?',
    explains: ['timed-out'],
    look: (scene) => {
      const talk = talkOf(scene);
      if (!talk || !talk.asked || talk.answered) return undefined;
      return ofServer(scene, 'accepts connections, gets the question, and sends no answer', 'what it waits for');
    },
  },
  {
    code: 'target.slow',
    asks: 'Does the server end an answer that it has begun, in time?',
    explains: ['timed-out'],
    look: (scene) => {
      const talk = talkOf(scene);
      if (!talk || !talk.asked || !talk.answered || talk.ended || talk.arrived === false) return undefined;
      return ofServer(scene, 'begins its answer and sends it so slowly that the probe does not wait for the end', 'what slows it down');
    },
  },
  {
    code: 'target.breaks-off',
    asks: 'Does the server end its answer as it said that it would?',
    explains: ['reset'],
    look: (scene) => {
      const talk = talkOf(scene);
      if (!talk || !talk.asked || !talk.answered || !talk.ended) return undefined;
      return ofServer(
        scene,
        'ends the connection in the middle of its answer, or before it has read the whole question',
        'why it breaks off',
      );
    },
  },
  {
    code: 'target.closes',
    asks: 'Does the server keep a connection until it has answered?',
    explains: ['reset'],
    look: (scene) => {
      const talk = talkOf(scene);
      if (!talk || !talk.asked || talk.answered || !talk.ended) return undefined;
      return ofServer(scene, 'gets the question, and closes the connection without an answer', 'why it ends them');
    },
  },
  {
    code: 'target.speaks-no-http',
    asks: 'Does the server speak HTTP?',
    explains: ['reached'],
    look: (scene) => {
      const { outcome } = scene;
      if (outcome.kind !== 'reached' || outcome.status !== 0 || !talkOf(scene)?.answered) return undefined;
      return ofServer(scene, 'answers, and what it says is no HTTP: another program listens at that port', 'what listens there');
    },
  },
  {
    code: 'target.answers-otherwise',
    asks: 'Is the answer the page that was asked for?',
    explains: ['reached'],
    look: (scene) => {
      const { outcome } = scene;
      if (outcome.kind !== 'reached' || outcome.status < 300 || !talkOf(scene)?.answered) return undefined;
      return ofServer(
        scene,
        `is reached and answers with the status ${outcome.status}: the network is not what keeps the page back`,
        'why it does',
      );
    },
  },
];

/** What was said on a connection, as the packets in the server's own namespace tell. */
function talkOf(scene: Scene): { asked: boolean; answered: boolean; arrived: boolean | undefined; ended: boolean } | undefined {
  const { target } = scene;
  const seen = target && !isHost(scene, target) && target !== scene.source ? (scene.traces.get(target.place) ?? []) : [];
  if (seen.length === 0 || scene.hits.some(({ rule }) => ['drops', 'rejects'].includes(rule.effect))) return undefined;
  const [incoming, outgoing] = [seen.filter(isIncoming), seen.filter((trace) => !isIncoming(trace))];
  const client = scene.source && !isHost(scene, scene.source) ? packetsAt(scene, scene.source.place, 'in') : [];
  return {
    asked: incoming.some(hasData),
    answered: outgoing.some(hasData),
    arrived: client.length === 0 ? undefined : client.some(hasData),
    // a client that goes away makes the server end it as well
    ended: firstGoesOut(seen.filter(isEnd)),
  };
}

const isIncoming = ({ packet }: Trace): boolean => packet.startsWith('iif');

const isEnd = ({ packet }: Trace): boolean => hasFlag(packet, 'fin') || hasFlag(packet, 'rst');

/** Whether the first of these packets went out. */
const firstGoesOut = ([first]: readonly Trace[]): boolean => first !== undefined && !isIncoming(first);

const hasData = ({ packet }: Trace): boolean => hasFlag(packet, 'psh') || Number(fieldOf(packet, 'ip length')) > withoutData;

function ofServer(scene: Scene, does: string, why: string): Finding | undefined {
  const target = scene.target as NamespaceState;
  return {
    summary: `the server in ${target.place} ${does}`,
    remedy: `Ask the server itself ${why}: docker logs ${scene.targetContainer?.containerName ?? target.place}`,
    seen: [{ of: target, section: 'listening' }, ...firstPackets(scene, target.place)],
  };
}
