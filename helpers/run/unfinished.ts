import type { ClaimRecord } from '../claim/verdict';
import { StandingResults } from '../results/standing-results';
import type { ClaimResult, Results } from '../results/results';
import { claimsOf, resultsWith, type Parts } from './assemble';
import { RecordReader } from './records';
import { redacted, type Redaction } from './redaction';

/** What is known of a run from its start on, whatever becomes of it. */
export type KnownParts = Omit<Parts, 'records' | 'specs' | 'topologies' | 'host' | 'interrupted'>;

/** Said of a run that could not look back. */
const notCounted = 'the run ended before it could remove what it had made and count what is left; "clean" removes it';

/**
 * A run that is not done. It takes over the verdicts as they come, and has its results file say what was judged so far:
 * that stands there however the run ends.
 */
export class UnfinishedRun {
  readonly records = new Map<string, ClaimRecord>();
  private readonly reader: RecordReader;
  private readonly claims: ClaimResult[];
  private readonly standing: StandingResults;
  private closed = false;

  /**
   * @param file where the results go
   * @param before what was counted on the engine and its host
   */
  constructor(
    file: string,
    readonly parts: KnownParts,
    private readonly before: Results['host']['before'],
    private readonly redaction: Redaction | undefined,
  ) {
    this.reader = new RecordReader(parts.context.directory);
    this.claims = claimsOf(this.soFar(new Map()));
    this.standing = new StandingResults(file, this.told(this.claims));
  }

  /** Takes over what was judged meanwhile. */
  update(): void {
    if (this.closed) return;
    const records = this.reader.next().filter(({ id }) => !this.records.has(id));
    if (records.length === 0) return;
    for (const record of records) this.records.set(record.id, record);
    const fresh = claimsOf(this.soFar(new Map(records.map((record) => [record.id, record])))).filter(({ id }) =>
      records.some((record) => record.id === id),
    );
    this.claims.push(...fresh);
    const { claims, ...rest } = this.told(fresh);
    this.standing.add(claims, rest);
  }

  /** Takes over what was judged until now, and nothing more: what ends with the run says nothing about the engine. */
  close(): void {
    this.update();
    this.closed = true;
    this.standing.close();
  }

  private soFar(records: Parts['records']): Parts {
    const host = { before: this.before, after: this.before, leftovers: [], notes: [notCounted] };
    return { ...this.parts, records, specs: [], topologies: [], host, interrupted: true };
  }

  /** The results by now, with these of the claims. */
  private told(claims: ClaimResult[]): Results {
    const results = { ...resultsWith(this.claims, this.soFar(this.records)), claims };
    return this.redaction ? redacted(results, this.redaction) : results;
  }
}
