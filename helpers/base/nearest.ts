/** The word that shares most pairs of letters with the one asked for, if they share half of them. */
export function nearest(word: string, all: readonly string[]): string | undefined {
  const pairs = (text: string) => new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2)));
  const own = pairs(word);
  const scored = all.map((candidate) => {
    const theirs = pairs(candidate);
    const shared = [...own].filter((pair) => theirs.has(pair)).length;
    return { candidate, score: (2 * shared) / (own.size + theirs.size || 1) };
  });
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best && best.score >= 0.5 ? best.candidate : undefined;
}
