import { explain } from '../errors.ts';
import type { Found } from '../flags/verifyFlags.ts';
import type { RunReport, StepResult, Verification } from '../operations/operation.ts';
import type { Prepared } from './way.ts';

/**
 * What a rollback does besides flags, asked once more where it can be seen; else as its step ended. What was left out with
 * the plan is no concern of it.
 */
export async function verifyPrepared(
  prepared: readonly Pick<Prepared, 'piece' | 'verify'>[],
  report: RunReport,
  signal: AbortSignal,
): Promise<Found> {
  const said = { findings: [] as string[], failed: [] as string[], unknown: [] as string[] };
  for (const { piece, verify } of prepared) {
    const step = report.steps.find(({ id }) => id === piece.step.id);
    const { title } = piece.step;
    const { verdict, findings } = verify
      ? await verify(report, signal).catch((error: unknown) => notRead(title, error, signal))
      : asItEnded(title, step);
    said.findings.push(...findings);
    if (verdict.kind === 'failed') said.failed.push(verdict.why);
    if (verdict.kind === 'inconclusive') said.unknown.push(verdict.why);
  }
  return said;
}

/** What cannot be asked keeps nothing else from being. */
function notRead(title: string, error: unknown, signal: AbortSignal): Verification {
  if (signal.aborted) throw error;
  return {
    verdict: { kind: 'inconclusive', why: `what came of it could not be read (${title}): ${explain(error)}` },
    findings: [],
  };
}

function asItEnded(title: string, step: StepResult | undefined): Verification {
  const findings: readonly string[] = [];
  switch (step?.state) {
    case 'done':
      return { verdict: { kind: 'passed' }, findings };
    case 'failed':
    case 'cancelled':
      return { verdict: { kind: 'inconclusive', why: `how far it came is not known: ${title}` }, findings };
    case 'skipped':
      return { verdict: { kind: 'inconclusive', why: `left out: ${title}` }, findings };
    default:
      return { verdict: { kind: 'failed', why: `not done: ${title}` }, findings };
  }
}
