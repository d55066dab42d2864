type Outcome = { answer: unknown } | { refusal: unknown };

/** What a judgement was answered, question by question, and what it drew by lot. */
export class Memory {
  private readonly outcomes = new Map<string, Outcome>();

  /** Asks, and keeps what comes of it: of a question that was asked before, the latest. */
  async keep<T>(key: string, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      this.outcomes.set(key, { answer });
      return answer;
    } catch (refusal) {
      this.outcomes.set(key, { refusal });
      throw refusal;
    }
  }

  /** Draws, and keeps what was drawn. */
  keepDrawn<T>(key: string, draw: () => T): T {
    const answer = draw();
    this.outcomes.set(key, { answer });
    return answer;
  }

  has(key: string): boolean {
    return this.outcomes.has(key);
  }

  /** What came of a question that was kept: its answer, or the same error. */
  recall<T>(key: string): T {
    const outcome = this.outcomes.get(key);
    if (!outcome) throw new Error(`nothing is kept of ${key}`);
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.answer as T;
  }
}
