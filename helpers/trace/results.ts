import { z } from 'zod';
import { layers } from './reason';

/** Version of the format; a reader refuses what it does not know. */
export const traceVersion = 1;

const text = z.string();

/** A part of the way, or the verdict, that was otherwise in an earlier trace: what was told only then, and only now. */
const changeSchema = z.object({ what: z.enum([...layers, 'verdict', 'engine']), was: z.array(text), is: z.array(text) });

/** What a trace writes with `--json`, and reads again with `--compare`. */
export const traceSchema = z.object({
  traceVersion: z.literal(traceVersion),
  suite: z.object({ name: text, version: text }),
  engine: z.object({ id: text, reachedBy: text }),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  asked: z.object({ from: text, to: text, transport: z.enum(['tcp', 'udp']) }),
  reached: z.boolean(),
  /** the verdict in a sentence */
  summary: text,
  /** the packet's way, in its order */
  hops: z.array(
    z.object({
      layer: z.enum(layers),
      /** `engine`, `host`, or a container */
      where: text,
      /** ok: as it must be; broken: the first layer that breaks; unknown: it could not be looked at; after: it was not reached */
      state: z.enum(['ok', 'broken', 'unknown', 'after']),
      seen: z.array(text),
    }),
  ),
  attempts: z.array(
    z.object({
      address: text,
      /** who has it, as the engine tells; absent where nobody knows */
      whose: text.optional(),
      ending: text,
      says: text,
      from: text.optional(),
      status: z.number().optional(),
      took: z.number(),
    }),
  ),
  /** why it was not reached; its code is `unknown` where nothing explains it */
  cause: z
    .object({
      code: text,
      layer: z.enum(layers),
      summary: text,
      remedy: text,
      seen: z.array(z.object({ where: text, what: text, answer: text })),
    })
    .optional(),
  /** what a reader should know although it was reached */
  notes: z.array(text),
  /** what is different from an earlier trace, with `--compare` */
  compared: z.object({ with: text, changes: z.array(changeSchema) }).optional(),
});

export type TraceResults = z.infer<typeof traceSchema>;
export type Hop = TraceResults['hops'][number];
export type TraceChange = z.infer<typeof changeSchema>;
export type TraceCause = NonNullable<TraceResults['cause']>;
