import { z } from 'zod';

/** Version of the results format; it grows by one with every change that a reader must know of. */
export const schemaVersion = 1;

export const verdicts = ['conforms', 'deviates', 'not-applicable', 'blocked', 'error'] as const;
export type Verdict = (typeof verdicts)[number];

const evidence = z.strictObject({
  atMs: z.number().describe('milliseconds since the claim began'),
  durationMs: z.number().nonnegative(),
  kind: z.enum(['api', 'exec', 'host', 'cli', 'note']),
  where: z.string(),
  what: z.string(),
  answer: z.string(),
});

const source = z.union([z.strictObject({ document: z.string() }), z.strictObject({ docs: z.string() })]);

const claim = z
  .strictObject({
    id: z.string().min(1),
    area: z.string(),
    section: z.string().describe('section of the area, in the order of the catalogue'),
    level: z.enum(['must', 'should', 'observed']),
    title: z.string(),
    sources: z.array(source),
    verdict: z.enum(verdicts),
    reason: z.string().optional().describe('why; present unless the claim conforms'),
    durationMs: z.number().nonnegative(),
    attempts: z.number().int().nonnegative().describe('0: it was not run'),
    evidence: z.array(evidence),
    cause: z
      .strictObject({ code: z.string(), summary: z.string(), evidence: z.array(evidence), remedy: z.string() })
      .optional(),
  })
  .refine((it) => it.verdict === 'conforms' || Boolean(it.reason), { error: 'a verdict other than conforms needs a reason', path: ['reason'] })
  .refine((it) => it.verdict !== 'conforms' || it.evidence.length > 0, { error: 'a pass needs evidence', path: ['evidence'] });

/** Number of objects on the engine and its host; null where they cannot be counted from here. */
const hostCount = z.strictObject({
  containers: z.number(),
  networks: z.number(),
  volumes: z.number(),
  links: z.number().nullable(),
  firewallRules: z.number().nullable(),
});

export const resultsSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  suite: z.strictObject({ name: z.string(), version: z.string(), runId: z.string() }),
  engine: z.strictObject({
    id: z.string().describe('kind and version, e.g. docker-28.5.2'),
    name: z.string(),
    version: z.string(),
    apiVersion: z.string(),
    kernel: z.string(),
    firewallBackend: z.string().describe('"unknown" where neither the engine nor its host says it'),
    rootless: z.boolean(),
    reachedBy: z.string().describe('how the engine was found, and where its host is seen from'),
    image: z.string().describe('the nginx image, and where it came from'),
  }),
  startedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  notes: z.array(z.string()).describe('what a reader must know to judge the verdicts, e.g. an address range that the operator configured'),
  claims: z.array(claim),
  host: z.strictObject({
    before: hostCount,
    after: hostCount,
    leftovers: z.array(z.string()).describe('what the run left behind; anything here is an error of the run'),
  }),
  summary: z.strictObject({
    conforms: z.number(),
    deviates: z.number(),
    'not-applicable': z.number(),
    blocked: z.number(),
    error: z.number(),
    exitStatus: z.number().int(),
  }),
});

/** One run of the suite against one engine: everything that any report says is in here. */
export type Results = z.infer<typeof resultsSchema>;
export type ClaimResult = Results['claims'][number];
export type HostCount = z.infer<typeof hostCount>;
