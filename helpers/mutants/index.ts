/**
 * Proof that every field of the engine's answers which a claim reads can turn that claim red: each claim that conforms is
 * judged again with one such field changed at a time, and must no longer conform.
 */
export { handOverMutants, summariseMutants, writeMutants, type MutantsSummary } from './file';
export { judgeWithMutants } from './trials';
