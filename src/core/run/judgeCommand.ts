import { differenceOfOutput, judgeOutput } from '../checklist/meaning/judgeOutput.ts';
import type { CommandOutput, LocatedExpectation, OutputDifference } from '../checklist/meaning/types.ts';
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

/** Holds what came out against everything the document expects; without expectations the exit code decides. */
export function judgeCommand(
  { expectations }: { readonly expectations: readonly LocatedExpectation[] },
  result: Exclude<StatementResult, { readonly kind: 'notRun' }>,
  code: string,
): JudgedCommand {
  if (result.kind === 'interrupted') {
    return {
      verdict: { kind: 'inconclusive', why: 'it was ended before it had finished' },
      difference: undefined,
      toAsk: [],
    };
  }
  const output: CommandOutput = {
    exitCode: result.exitCode,
    stdout: outputText(result.stdout),
    stderr: outputText(result.stderr),
    durationMs: result.durationMs,
    command: code,
  };
  const toAsk = expectations.flatMap(({ expectation }) => (expectation.kind === 'human' ? [expectation.text] : []));
  const judged = expectations.filter(({ expectation }) => expectation.kind !== 'human');
  const [first] = judged;
  if (!first) return { verdict: byExitCode(result.exitCode), difference: undefined, toAsk };
  const verdicts = judged.map(({ expectation }) => judgeOutput(expectation, output));
  const worst = verdictOfAll(verdicts) ?? { kind: 'passed' };
  const shown = judged[verdicts.indexOf(worst)] ?? first;
  return { verdict: worst, difference: differenceOfOutput(shown.expectation, output), toAsk };
}

function byExitCode(exitCode: number): Verdict {
  return exitCode === 0 ? { kind: 'passed', why: 'exit code 0' } : { kind: 'failed', why: `exit code ${exitCode}` };
}
