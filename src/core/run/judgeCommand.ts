import { differenceOfOutput, judgeOutput } from '../checklist/meaning/judgeOutput.ts';
import type { CommandOutput, OutputDifference } from '../checklist/meaning/expectations/types.ts';
import type { LocatedExpectation } from '../checklist/meaning/types.ts';
import { verdictOfAll } from '../evidence/present.ts';
import type { Verdict } from '../verdict.ts';
import { outputText } from './captureOutput.ts';
import type { StatementResult } from './model.ts';

export interface JudgedCommand {
  readonly verdict: Verdict;
  readonly difference: OutputDifference | undefined;
  /** What only a person can judge, in the document's words; the verdict is without it. */
  readonly toAsk: readonly string[];
}

/** What a command brought; undefined when it was ended before it had finished. */
export function outputOf(
  result: Exclude<StatementResult, { readonly kind: 'notRun' }>,
  code: string,
): CommandOutput | undefined {
  if (result.kind === 'interrupted') return undefined;
  const { exitCode, durationMs } = result;
  return { exitCode, stdout: outputText(result.stdout), stderr: outputText(result.stderr), durationMs, command: code };
}

/**
 * Holds what came out against everything the document expects; without expectations the exit code decides. `earlier` is
 * what the same command brought before, for what is expected in relation to it.
 */
export function judgeCommand(
  { expectations }: { readonly expectations: readonly LocatedExpectation[] },
  output: CommandOutput | undefined,
  earlier?: CommandOutput,
): JudgedCommand {
  if (!output) {
    const verdict = { kind: 'inconclusive', why: 'it was ended before it had finished' } as const;
    return { verdict, difference: undefined, toAsk: [] };
  }
  const toAsk = expectations.flatMap(({ expectation }) => (expectation.kind === 'human' ? [expectation.text] : []));
  const judged = expectations.filter(({ expectation }) => expectation.kind !== 'human');
  const [first] = judged;
  if (!first) return { verdict: byExitCode(output.exitCode), difference: undefined, toAsk };
  const verdicts = judged.map(({ expectation }) => judgeOutput(expectation, output, earlier));
  const worst = verdictOfAll(verdicts) ?? { kind: 'passed' };
  const shown = judged[verdicts.indexOf(worst)] ?? first;
  return { verdict: worst, difference: differenceOfOutput(shown.expectation, output), toAsk };
}

function byExitCode(exitCode: number | undefined): Verdict {
  if (exitCode === 0) return { kind: 'passed', why: 'exit code 0' };
  return { kind: 'failed', why: exitCode === undefined ? 'it was ended by a signal' : `exit code ${exitCode}` };
}
