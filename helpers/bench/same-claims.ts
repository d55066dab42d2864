/** Ids of the claims that the script's text checks, whatever engine it runs on. */
export function checkedBy(script: string): string[] {
  return [...script.matchAll(/^ *check \$\? (\S+)$/gm)].map(([, id = '']) => id);
}

/**
 * A comparison of different work says nothing.
 * @throws Error that names the claims that only one of the two judged.
 */
export function mustJudgeTheSame(script: readonly string[], suite: readonly string[]): void {
  const onlySuite = suite.filter((id) => !script.includes(id));
  const onlyScript = script.filter((id) => !suite.includes(id));
  const repeated = script.filter((id, index) => script.indexOf(id) !== index);
  if (onlySuite.length + onlyScript.length + repeated.length === 0) return;
  const part = (what: string, ids: readonly string[]) => (ids.length === 0 ? [] : [`${what}: ${ids.join(', ')}`]);
  throw new Error(
    [
      'helpers/bench/document.sh does not judge what the suite judges',
      ...part('missing', onlySuite),
      ...part('too many', onlyScript),
      ...part('twice', repeated),
    ].join('; '),
  );
}
