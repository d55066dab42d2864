import { z } from 'zod';
import { verdicts } from './verdict';

/** What can become of a claim from one run to another, in the order in which reports show it. */
export const changeKinds = ['regressed', 'improved', 'superseded', 'introduced', 'changed', 'not-compared', 'new', 'gone'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Version of the results format; it grows by one with every change that a reader must know of. */
export const schemaVersion = 3;
/** An earlier version whose files are read as well: they lack only what later ones may have. */
export const readableVersion = 2;

export { verdicts, type Verdict } from './verdict';

/** Nothing in here needs escaping, in any report. */
const words = z
  .string()
  .regex(/^[\w.-]+$/)
  .describe('words joined by dots and dashes');

/** Up to thirty years: a moment that is so much later than another one can still be written down. */
const duration = z.number().nonnegative().max(1e12);

const evidence = z.strictObject({
  atMs: z.number().max(1e12).describe('milliseconds since the claim began'),
  durationMs: duration,
  kind: z.enum(['api', 'exec', 'host', 'cli', 'note']),
  where: z.string(),
  what: z.string(),
  answer: z.string(),
});

/** Where a claim begins or ceases to hold, and where that is written down. */
const boundary = z.strictObject({
  kind: z
    .enum(['superseded', 'not-yet'])
    .describe('superseded: engines from this version on no longer promise it; not-yet: only engines from this version on do'),
  version: z.string(),
  source: z.string(),
  replacedBy: words.optional().describe('the claim that holds instead'),
  holds: z.boolean().optional().describe('what was seen when a superseded claim was tried all the same; absent where it was not'),
});

/** A deviation of one engine that somebody knows of and accepts until a day. */
const waiver = z.strictObject({
  state: z
    .enum(['applies', 'expired', 'needless'])
    .describe(
      'applies: the claim deviates, and that is accepted; expired: it deviates, and the day has passed; needless: it does not deviate',
    ),
  reason: z.string(),
  link: z.string(),
  expires: z.iso.date().describe('last day on which the deviation is accepted'),
  from: z.string().describe('"the suite", or the file that the user named'),
});

/** What became of a claim since the run that `--baseline` named. */
const sinceBaseline = z.strictObject({
  kind: z.enum([...changeKinds, 'unchanged']).describe('regressed: it got worse, and counts; what deviates otherwise does not'),
  verdict: z.enum(verdicts).optional().describe('the verdict then; absent where the baseline does not have the claim'),
});

/** A run that judged a claim, this one or an earlier one. */
const judgedRun = z.strictObject({
  engine: z
    .string()
    .max(100)
    .regex(/^[\w.+-]+$/),
  startedAt: z.iso.datetime(),
  suite: z.string().describe('its version'),
});

/** Runs that followed each other and judged a claim alike; those that could not judge it are left out. */
const stretch = z.strictObject({
  verdict: z.enum(['conforms', 'deviates', 'not-applicable']),
  first: judgedRun,
  last: judgedRun,
});

const source = z.union([z.strictObject({ document: z.string() }), z.strictObject({ docs: z.string() })]);

/** Verdicts that say something about the engine; the other two say that nothing could be said. */
const needsEvidence: readonly string[] = ['conforms', 'deviates', 'not-applicable'];

const claim = z
  .strictObject({
    id: words,
    area: z.string(),
    section: z.string().describe('section of the area, in the order of the catalogue'),
    level: z.enum(['must', 'should', 'observed']),
    title: z.string(),
    sources: z.array(source),
    verdict: z.enum(verdicts),
    reason: z.string().optional().describe('why; present unless the claim conforms'),
    lacks: z
      .enum(['kernel'])
      .optional()
      .describe('what this machine lacks for the check, where that is why it is blocked; kernel: a module'),
    boundary: boundary.optional().describe('present where the version of the engine is the reason'),
    waiver: waiver.optional(),
    sinceBaseline: sinceBaseline.optional(),
    history: z
      .array(stretch)
      .max(100)
      .optional()
      .describe(
        'what runs on this release and those before it judged, oldest first, this run included; present where a report was given earlier results',
      ),
    startedAt: z.iso.datetime().optional().describe('when its judgement began; absent where it was not run'),
    durationMs: duration,
    attempts: z.number().int().nonnegative().describe('0: it was not run'),
    evidence: z.array(evidence),
    cause: z.strictObject({ code: z.string(), summary: z.string(), evidence: z.array(evidence), remedy: z.string() }).optional(),
  })
  .refine((it) => it.verdict === 'conforms' || Boolean(it.reason), {
    error: 'a verdict other than conforms needs a reason',
    path: ['reason'],
  })
  .refine((it) => !needsEvidence.includes(it.verdict) || it.evidence.length > 0, {
    error: 'this verdict needs evidence',
    path: ['evidence'],
  })
  // JSON Schema cannot be derived from the two functions above, so it is told in its own words
  .meta({
    allOf: [
      {
        if: { type: 'object', properties: { verdict: { enum: needsEvidence } } },
        then: { type: 'object', properties: { evidence: { type: 'array', minItems: 1 } } },
      },
      {
        if: { type: 'object', properties: { verdict: { const: 'conforms' } } },
        else: { type: 'object', properties: { reason: { type: 'string', minLength: 1 } }, required: ['reason'] },
      },
    ],
  });

/** Number of objects on the engine and its host; null where they cannot be counted from here. */
const hostCount = z.strictObject({
  containers: z.number(),
  networks: z.number(),
  volumes: z.number(),
  links: z.number().nullable(),
  firewallRules: z.number().nullable(),
});

const link = z.strictObject({
  name: z.string(),
  index: z.number().int().describe('of the link in its network namespace'),
  peerIndex: z.number().int().describe('of the other end of a veth pair, in the namespace where that end is; else its own index'),
  macAddress: z.string(),
  addresses: z.array(z.string()).describe('in CIDR notation'),
  bridge: z.string().optional().describe('name of the bridge of which it is a port'),
});

const networkNamespace = z.strictObject({
  id: z.string().describe('as the kernel names it, e.g. net:[4026531840]'),
  links: z.array(link),
  gateways: z.array(z.string()).describe('next hops of the default routes'),
});

/** What a topology looked like when all of its containers ran: the picture that is drawn of it. */
const observedTopology = z.strictObject({
  name: z.string(),
  host: networkNamespace.nullable().describe("the engine's host; null where it cannot be looked at"),
  networks: z.array(
    z.strictObject({
      name: z.string(),
      driver: z.string().describe('empty where the engine does not tell it'),
      subnets: z.array(z.string()),
      bridge: z.string().optional().describe('link of the host that is its bridge'),
    }),
  ),
  containers: z.array(
    z.strictObject({
      name: z.string().describe('its name in the topology'),
      networks: z.array(z.strictObject({ name: z.string(), address: z.string().describe('empty where the engine tells none') })),
      namespace: networkNamespace.nullable(),
      published: z.array(
        z.strictObject({ hostAddress: z.string(), hostPort: z.number().int(), containerPort: z.number().int(), protocol: z.string() }),
      ),
      listening: z
        .array(z.string())
        .describe('address:port of each TCP socket that listens in its network namespace; in that of the host, of those on its own ports'),
    }),
  ),
});

/** How the run was started: what repeats one claim of it. It is shown as a command, so nothing in it is taken as it stands. */
const again = z.strictObject({
  program: z
    .enum(['npm', 'npx', 'node', 'bin', 'jest'])
    .describe('npm: a script of package.json; node: the program by its path; bin: the program by its name; jest: Jest itself'),
  script: z.string().optional().describe('name of the script, or path of the program'),
  variables: z
    .array(z.strictObject({ name: z.enum(['DOCKER_HOST', 'DOCKER_CONTEXT']), value: z.string() }))
    .describe('those that led to the engine'),
  options: z.array(z.string()).describe('words that choose the engine and what verdicts depend on'),
});

export const resultsSchema = z.strictObject({
  schemaVersion: z.literal([readableVersion, schemaVersion]),
  suite: z.strictObject({ name: z.string(), version: z.string(), runId: z.string() }),
  engine: z.strictObject({
    id: z
      .string()
      .max(100)
      .regex(/^[\w.+-]+$/)
      .describe('kind and version, and the mode if there is one, e.g. docker-28.5.2 or docker-28.5.2+rootless'),
    kind: z.string().describe('docker or podman'),
    mode: z.string().optional().describe('what is not as usual about the engine, in a sentence'),
    name: z.string(),
    version: z.string(),
    apiVersion: z.string(),
    kernel: z.string(),
    firewallBackend: z.string().describe('"unknown" where neither the engine nor its host says it'),
    rootless: z.boolean(),
    reachedBy: z.string().describe('how the engine was found, and where its host is seen from'),
    image: z.string().describe('the nginx image, and where it came from'),
  }),
  shard: z
    .strictObject({ index: z.number().int().positive(), total: z.number().int().positive() })
    .optional()
    .describe('which part of the selected claims this run judged'),
  again: again.optional(),
  startedAt: z.iso.datetime(),
  durationMs: duration,
  used: z
    .strictObject({
      containers: z.number().int().nonnegative(),
      networks: z.number().int().nonnegative(),
      execs: z.number().int().nonnegative(),
      daemons: z.number().int().nonnegative().describe("starts of an engine's daemon, in labs"),
      processes: z.number().int().nonnegative().optional().describe('of the suite and its labs, where the kernel counts them'),
      cpuSeconds: z.number().nonnegative().describe('of the suite and its labs'),
    })
    .optional()
    .describe('what the run made and needed; nobody knows it before its end'),
  statements: z
    .array(
      z.strictObject({
        profile: z.string(),
        version: z.string(),
        conforms: z.boolean(),
        waivers: z.number().int().nonnegative(),
        deviations: z.number().int().nonnegative().describe('without a waiver'),
        unjudged: z.number().int().nonnegative().describe('blocked or in error'),
        text: z.string().describe('the sentence that can be quoted'),
        command: z.string().describe('what judges the same again'),
      }),
    )
    .optional()
    .describe('what the run lets somebody say of the engine: for each profile of which all claims were judged'),
  interrupted: z
    .boolean()
    .optional()
    .describe('the run ended before all selected claims were judged, or goes on: what is not in claims is not known'),
  notReached: z.number().int().nonnegative().optional().describe('how many selected claims have no verdict, where the run was interrupted'),
  baseline: z
    .strictObject({
      from: z.string().describe('the file that the user named'),
      engine: z.string(),
      startedAt: z.iso.datetime(),
      gone: z.array(words).describe('ids of claims that only the baseline has'),
    })
    .optional()
    .describe('the run that this one is compared with: only what got worse since then counts'),
  notes: z.array(z.string()).describe('what a reader must know to judge the verdicts, e.g. an address range that the operator configured'),
  claims: z.array(claim),
  topologies: z.array(observedTopology),
  host: z.strictObject({
    before: hostCount,
    after: hostCount,
    leftovers: z.array(z.string()).describe('what the run left behind; anything here is an error of the run'),
  }),
  notLookedAt: z
    .array(
      z.strictObject({
        subject: words,
        what: z.string().describe('in words'),
        reason: z.string().describe('of the first of its claims'),
        claims: z.array(z.string()).describe('ids of those that apply'),
      }),
    )
    .optional()
    .describe(
      'what matters most and nobody looked at, because each claim about it was blocked or in error; every report says it before its counts',
    ),
  summary: z.strictObject({
    conforms: z.number(),
    deviates: z.number().describe('waived ones included'),
    waived: z.number().describe('how many of those that deviate have a waiver that applies'),
    inBaseline: z.number().optional().describe('how many of those that deviate did not get worse since the baseline, and so do not count'),
    'not-applicable': z.number(),
    blocked: z.number(),
    error: z.number(),
    judgedShare: z.number().min(0).max(1).optional().describe('claims that conform or deviate, by all that are applicable'),
    leastJudged: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'the share of the applicable claims that had to be judged, for any exit status but 4; 0 where the run named its claims; of a shard it is asked when shards are merged',
      ),
    exitStatus: z.number().int(),
  }),
});

/** One run of the suite against one engine: everything that any report says is in here. */
export type Results = z.infer<typeof resultsSchema>;
export type ClaimResult = Results['claims'][number];
export type JudgedRun = z.infer<typeof judgedRun>;
export type Stretch = z.infer<typeof stretch>;
export type ObservedTopology = Results['topologies'][number];
export type NetworkNamespace = z.infer<typeof networkNamespace>;
export type HostCount = z.infer<typeof hostCount>;

/** The JSON Schema of results.json for readers in other languages; shipped as `results.schema.json`. */
export function resultsJsonSchema(): object {
  const id = `urn:docker-network-conformance:results:${String(schemaVersion)}`;
  return { $id: id, title: 'Results of the Docker network conformance suite', ...z.toJSONSchema(resultsSchema) };
}
