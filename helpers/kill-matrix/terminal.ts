import { createColors } from 'picocolors';
import { formatDuration, oneLine, truncate } from '../base/text';
import { isIdle, type ClaimRow, type FaultRow, type KillMatrix } from './kill-matrix';

/** The matrix as a terminal shows it. */
export function killMatrixTerminal(
  { engine, complete, faults, claims, controls, problems, failures, exitStatus }: KillMatrix,
  { color, width }: { color: boolean; width: number },
): string {
  const { bold, dim, green, red, yellow } = createColors(color);
  const names = Math.max(...faults.map(({ fault }) => fault.length), 0);
  const cut = (text: string) => truncate(text, Math.max(width, 40));
  const faultLines = faults.flatMap((row) => {
    const good = isGood(row);
    const mark = good ? green('✓') : red('✗');
    const line = cut(`${row.fault.padEnd(names)}  ${summaryOf(row)}`);
    return [` ${mark} ${good ? line : bold(line)}`, ...detailsOf(row).map((detail) => dim(cut(`     ${detail}`)))];
  });
  const judged = claims.filter(({ verdict }) => verdict === 'conforms');
  // of some faults nothing else can be said
  const told = complete ? judged : judged.filter(({ killedBy }) => killedBy.length > 0);
  const claimNames = Math.max(...told.map(({ claim }) => claim.length), 0);
  const claimLines = told.map((row) => {
    const killers = row.killedBy.length + (row.mutants ?? 0);
    return ` ${killers > 0 ? green('✓') : yellow('–')} ${cut(`${row.claim.padEnd(claimNames)}  ${killersOf(row)}`)}`;
  });
  const controlLines = controls.map(
    ({ claim, fault, verdict, holds }) => ` ${holds ? green('✓') : red('✗')} ${cut(`${claim} with ${fault}: ${verdict}`)}`,
  );
  return [
    '',
    bold(` Faults in ${engine}`),
    ...faultLines,
    '',
    bold(' What turns each claim red'),
    ...claimLines,
    ...(controls.length > 0 ? ['', bold(' Must-nots with their control broken, which must be left unjudged'), ...controlLines] : []),
    '',
    ` ${totals(faults, judged)}`,
    ...[...failures, ...problems].map((it) => red(cut(` ${it}`))),
    ...(exitStatus === 0
      ? []
      : [` exit status ${exitStatus}: ${failures.length > 0 ? 'the matrix could not be made as a whole' : 'not all is as it should be'}`]),
    '',
  ].join('\n');
}

/** Whether a fault did what it should, and no more. */
export function isGood(row: FaultRow): boolean {
  const { survived, notBlocked, falseAlarms, wrongCauses, failure } = row;
  return (
    failure === undefined &&
    !isIdle(row) &&
    survived.length === 0 &&
    notBlocked.length === 0 &&
    falseAlarms.length === 0 &&
    wrongCauses.length === 0
  );
}

/** What a fault did, in a line. */
export function summaryOf({ killed, survived, falseAlarms, blocked, cause, named, failure, durationMs }: FaultRow): string {
  if (failure !== undefined) return `no results: ${oneLine(failure)}`;
  const parts = [
    `${killed.length} killed`,
    ...(survived.length > 0 ? [`${survived.length} survived`] : []),
    ...(falseAlarms.length > 0 ? [falseAlarms.length === 1 ? '1 false alarm' : `${falseAlarms.length} false alarms`] : []),
    ...(blocked.length > 0 ? [`${blocked.length} blocked`] : []),
    ...(cause !== undefined || named === 'wrongly'
      ? [named === 'rightly' ? `cause ${cause ?? ''}` : named === 'wrongly' ? 'cause named wrongly' : `cause ${cause ?? ''} not found`]
      : []),
  ];
  return `${parts.join(', ')} (${formatDuration(durationMs)})`;
}

function detailsOf({ survived, notBlocked, falseAlarms, wrongCauses }: FaultRow): string[] {
  return [
    ...survived.map((claim) => `survived     ${claim}`),
    ...notBlocked.map((claim) => `not blocked  ${claim}`),
    ...falseAlarms.map(({ claim, verdict, reason }) => `false alarm  ${claim}: ${verdict}, ${oneLine(reason)}`),
    ...wrongCauses.map(({ claim, code, summary }) => `wrong cause  ${claim}: ${code}, ${oneLine(summary)}`),
  ];
}

/** What turns a claim red, in a line. */
export function killersOf({ killedBy, mutants = 0 }: ClaimRow): string {
  const changed = mutants === 0 ? [] : [mutants === 1 ? '1 changed answer' : `${mutants} changed answers`];
  return (
    [
      ...changed,
      ...(killedBy.length > 0 ? [`${killedBy.length} ${killedBy.length === 1 ? 'fault' : 'faults'}: ${killedBy.join(', ')}`] : []),
    ].join(', ') || 'nothing that was tried'
  );
}

/** Numbers over all faults and claims. */
export function totals(faults: readonly FaultRow[], judged: readonly ClaimRow[]): string {
  const sum = (of: (row: FaultRow) => number) => faults.reduce((total, row) => total + of(row), 0);
  const causes = faults.filter(({ cause }) => cause !== undefined);
  return [
    `${faults.length} faults, ${faults.filter(({ killed }) => killed.length > 0).length} of which turn something red`,
    `${judged.filter(({ killedBy, mutants = 0 }) => killedBy.length > 0 || mutants > 0).length} of ${judged.length} claims turned red`,
    `${sum(({ survived }) => survived.length)} survived`,
    `${sum(({ falseAlarms }) => falseAlarms.length)} false alarms`,
    `${causes.filter(({ named }) => named === 'rightly').length} of ${causes.length} causes named`,
  ].join(' · ');
}
