import { explain } from '../errors.ts';
import type { RunReport, Verification } from '../operations/operation.ts';
import type { Verdict } from '../verdict.ts';
import { readEffective } from './surroundings.ts';
import type { FlagSurroundings } from './surroundings.ts';
import { valueWords } from './target.ts';

/** What was found out already, to be judged together. */
export interface Found {
  readonly findings: readonly string[];
  readonly failed: readonly string[];
  readonly unknown: readonly string[];
}

/** Asks once more where each flag is kept, what the application runs with, and how it is. */
export async function verifyFlags(
  wanted: ReadonlyMap<string, string | undefined>,
  surroundings: FlagSurroundings,
  report: Pick<RunReport, 'steps'>,
  signal: AbortSignal,
  found: Found = { findings: [], failed: [], unknown: [] },
): Promise<Verification> {
  const [findings, failed, unknown] = [[...found.findings], [...found.failed], [...found.unknown]];
  for (const [name, value] of wanted) {
    try {
      const desired = await surroundings.store(name).read(signal);
      if (desired !== value) failed.push(`${name} is ${valueWords(desired)}, not ${valueWords(value)}`);
    } catch (error) {
      unknown.push(`${name} could not be read: ${explain(error)}`);
    }
    const effective = await readEffective(surroundings, name, signal);
    if (effective.kind === 'unknown')
      unknown.push(`what the application runs with is not known of ${name}: ${effective.why}`);
    else if (effective.value === value)
      findings.push(`The application runs with ${name} ${valueWords(value)}, says ${effective.by}.`);
    else failed.push(`the application runs with ${name} ${valueWords(effective.value)}, says ${effective.by}`);
  }
  const health = await surroundings.application?.health(signal);
  if (health) findings.push(`Health: ${health.words}.`);
  if (health?.state === 'down') failed.push(`the application is down: ${health.words}`);
  findings.push(...notesOf(report, 'flat'));
  return { verdict: verdictOf(failed, unknown), findings };
}

/** What the metrics showed while it ran. */
export function notesOf({ steps }: Pick<RunReport, 'steps'>, id: string): readonly string[] {
  return steps.filter((one) => one.id === id && one.state === 'done').flatMap(({ notes = [] }) => notes);
}

export function verdictOf(failed: readonly string[], unknown: readonly string[]): Verdict {
  if (failed.length > 0) return { kind: 'failed', why: failed.join('; ') };
  return unknown.length > 0 ? { kind: 'inconclusive', why: unknown.join('; ') } : { kind: 'passed' };
}
