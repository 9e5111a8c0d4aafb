import type { Criterion } from '../checklist/meaning/criteria/types.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { verdictOfAll } from '../evidence/present.ts';
import type { Verdict } from '../verdict.ts';
import type { RunContext } from './host.ts';
import { judgeCommand, outputOf } from './judgeCommand.ts';
import type { ShellState } from './model.ts';
import type { Prepared } from './prepareUnits.ts';
import { idsOf, setsOnlyWhatIsProvided } from './prepareUnits.ts';
import type { CommandStep } from './segments.ts';
import { codeToRun, segmentsOf } from './segments.ts';
import type { Unit } from './units.ts';
import { isForTier } from './units.ts';

/** What verifying needs besides the context. */
export interface VerifyHost {
  /** Reads what a criterion is about, and judges it. */
  judgeCriterion(
    criterion: Criterion,
    signal: AbortSignal,
  ): Promise<{ readonly verdict: Verdict; readonly what: string }>;
  /** A team's own check script, approved once by its content. */
  isApprovedScript(code: string): Promise<boolean>;
  record(id: string, evidence: Evidence): void;
}

const mostAtOnce = 4;

/**
 * Checks units without changing anything: reads the numbers of criteria, and runs the commands that only read and end by
 * themselves. Everything else is left alone. Blocks that share variables run one after the other in one shell, all others
 * side by side. Resolves to the verdicts.
 */
export async function verifyUnits(
  units: readonly Unit[],
  context: RunContext,
  host: VerifyHost,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const record = (id: string, evidence: Evidence): void => {
    verdicts.push(evidence.verdict);
    host.record(id, evidence);
  };
  const checks = await checksOf(units, context, host);
  const shared = sharedVariables(checks);
  const dependent = checks.filter(({ steps }) =>
    steps.some(({ statement }) => [...statement.variables, ...statement.assigns].some((name) => shared.has(name))),
  );
  const independent = checks.filter((check) => !dependent.includes(check));
  const inOrder = async (): Promise<void> => {
    let state: ShellState | undefined;
    for (const check of dependent) state = await runCheck(check, state, context, record, signal);
  };
  await Promise.all([
    judgeCriteria(units, context, { ...host, record }, signal),
    inOrder(),
    inParallel(independent, async (check) => void (await runCheck(check, undefined, context, record, signal))),
  ]);
  return verdicts;
}

interface Check {
  readonly steps: readonly CommandStep[];
  readonly idAt: Prepared['idAt'];
}

async function checksOf(units: readonly Unit[], context: RunContext, host: VerifyHost): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const unit of units) {
    // Which of several ways would be meant is not known here.
    if (
      unit.kind === 'criterion' ||
      (unit.kind === 'block' && unit.meaning.choice) ||
      !isForTier(unit.meaning.tiers, context.environment.tier)
    )
      continue;
    const steps: CommandStep[] = [];
    for (const segment of segmentsOf(await context.stepsOf(unit))) {
      if (segment.kind === 'handOver') break;
      for (const step of segment.kind === 'commands' ? segment.steps : [])
        if (!setsOnlyWhatIsProvided(unit, step, context.provided) && (await isCheck(step, context, host)))
          steps.push(step);
    }
    if (steps.length > 0) checks.push({ steps, idAt: idsOf(unit, context.text) });
  }
  return checks;
}

async function isCheck(step: CommandStep, { environment }: RunContext, host: VerifyHost): Promise<boolean> {
  const { danger, statement } = step;
  if (statement.placeholders.length > 0 || step.choice || !isForTier(step.tiers, environment.tier)) return false;
  if (danger.class === 'unknown') return host.isApprovedScript(statement.code);
  return danger.class === 'readOnly' && danger.costly === undefined;
}

/** Names that one check sets and another reads. */
function sharedVariables(checks: readonly Check[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const [index, { steps }] of checks.entries()) {
    const later = new Set(
      checks.slice(index + 1).flatMap((check) => check.steps.flatMap(({ statement }) => statement.variables)),
    );
    for (const name of steps.flatMap(({ statement }) => statement.assigns)) if (later.has(name)) shared.add(name);
  }
  return shared;
}

async function runCheck(
  { steps, idAt }: Check,
  state: ShellState | undefined,
  context: RunContext,
  record: (id: string, evidence: Evidence) => void,
  signal: AbortSignal,
): Promise<ShellState | undefined> {
  const statements = steps.map((step, index) => ({ id: String(index), text: codeToRun(step, new Map()) }));
  const result = await context.run(statements, state, () => undefined, signal);
  for (const [index, step] of steps.entries()) {
    const one = result.statements[index];
    if (!one || one.kind === 'notRun') continue;
    const { verdict, difference, toAsk } = judgeCommand(step, outputOf(one, step.statement.code));
    const open =
      verdict.kind === 'failed' || toAsk.length === 0
        ? verdict
        : ({ kind: 'inconclusive', why: `a person has to judge: ${toAsk.join('; ')}` } as const);
    record(idAt(step.range.start), {
      verdict: open,
      atMs: context.now(),
      durationMs: one.durationMs,
      where: context.where,
      by: 'verify',
      what: step.statement.code,
      difference,
    });
  }
  return result.state;
}

async function judgeCriteria(
  units: readonly Unit[],
  context: RunContext,
  host: VerifyHost,
  signal: AbortSignal,
): Promise<void> {
  const byItem = Map.groupBy(
    units.filter((unit) => unit.kind === 'criterion'),
    ({ item }) => item.id,
  );
  await inParallel([...byItem], async ([id, criteria]) => {
    const judged = await Promise.all(criteria.map(({ criterion }) => host.judgeCriterion(criterion, signal)));
    const verdict = verdictOfAll(judged.map((one) => one.verdict));
    if (!verdict) return;
    const what = judged.map((one) => one.what).join('; ');
    host.record(id, { verdict, atMs: context.now(), durationMs: undefined, where: context.where, by: 'verify', what });
  });
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: mostAtOnce }, worker));
}
