import { z } from 'zod';
import { reasons } from './kinds';

const field = { call: z.string(), path: z.string() };

const mutantSchema = z.strictObject({
  ...field,
  kind: z.string(),
  /** in how many places the change was made, each in a trial of its own */
  places: z.int().positive(),
  /** in how many of them the claim then no longer conformed */
  killedIn: z.int().nonnegative(),
  /** what was there, and what the trial was shown instead, of one of these places; shortened */
  from: z.string(),
  to: z.string(),
  verdict: z.enum(['conforms', 'deviates', 'blocked', 'error']),
  reason: z.string().optional(),
  /** whether the claim passed no longer: it deviated, its control failed, or at worst there was an error */
  killed: z.boolean(),
});

const claimSchema = z.strictObject({
  id: z.string(),
  /** verdict of the normal judgement; only claims that conform have mutants */
  verdict: z.enum(['conforms', 'deviates', 'blocked', 'error']),
  fields: z.array(z.strictObject(field)),
  mutants: z.array(mutantSchema),
  /** why the claim cannot be judged again, where it cannot; its mutants then say nothing and are left out */
  notRepeatable: z.string().optional(),
});

/** The file that `run --mutants` writes. */
export const mutantsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  engine: z.strictObject({ id: z.string(), version: z.string() }),
  /** the kinds of change, each with the reason why engines may be wrong in this way */
  kinds: z.record(z.string(), z.string()),
  claims: z.array(claimSchema),
  summary: z.strictObject({
    /** claims that were judged again */
    claims: z.int().nonnegative(),
    fields: z.int().nonnegative(),
    mutants: z.int().nonnegative(),
    killed: z.int().nonnegative(),
    /** those of the killed that the control of a "must not" saw */
    killedByControl: z.int().nonnegative(),
    /** those of the killed whose claim ended in an error, which is of lesser quality */
    killedByError: z.int().nonnegative(),
    survived: z.int().nonnegative(),
    notRepeatable: z.int().nonnegative(),
  }),
});

export type TriedMutant = z.infer<typeof mutantSchema>;
export type TriedClaim = z.infer<typeof claimSchema>;
export type MutantsReport = z.infer<typeof mutantsSchema>;

/** Puts the report on one engine together. */
export function reportOf({ id, version }: MutantsReport['engine'], claims: readonly TriedClaim[]): MutantsReport {
  const tried = claims.filter(({ verdict, notRepeatable }) => verdict === 'conforms' && notRepeatable === undefined);
  const mutants = tried.flatMap((claim) => claim.mutants);
  const killed = mutants.filter((mutant) => mutant.killed);
  return {
    schemaVersion: 1,
    engine: { id, version },
    kinds: { ...reasons },
    claims: [...claims],
    summary: {
      claims: tried.length,
      fields: tried.reduce((sum, { fields }) => sum + fields.length, 0),
      mutants: mutants.length,
      killed: killed.length,
      killedByControl: killed.filter(({ verdict }) => verdict === 'blocked').length,
      killedByError: killed.filter(({ verdict }) => verdict === 'error').length,
      survived: mutants.length - killed.length,
      notRepeatable: claims.filter(({ notRepeatable }) => notRepeatable !== undefined).length,
    },
  };
}
