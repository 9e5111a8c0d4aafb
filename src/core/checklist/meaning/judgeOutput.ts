import type { Verdict } from '../../verdict.ts';
import { judgeHow } from './expectations/judges.ts';
import { linesOf, normalizeLine, readOutput } from './expectations/output.ts';
import type { ReadOutput } from './expectations/output.ts';
import { patternLines } from './expectations/matchJson.ts';
import { lineTest } from './expectations/matchText.ts';
import type { CommandOutput, DifferenceLine, Expectation, OutputDifference } from './expectations/types.ts';

/**
 * Holds the output of a command against what is expected of it. `earlier` is the run before it, which relative
 * expectations compare with. Of long outputs the first and the last 512 KB are looked at; where that is not enough to
 * tell, the verdict is inconclusive and says so. An exit code other than 0 fails, but for an empty `grep`.
 */
export function judgeOutput(expectation: Expectation, output: CommandOutput, earlier?: CommandOutput): Verdict {
  const read = readOutput(output);
  const failure = judgeExit(expectation, read);
  if (failure !== undefined) return failure;
  const verdict = judgeHow(expectation, read, earlier && readOutput(earlier));
  if (!read.shortened || expectation.kind === 'success') return verdict;
  const why = [verdict.why, 'only the first and the last 512 KB of the output were looked at']
    .filter((one) => one !== undefined)
    .join('; ');
  return verdict.kind === 'failed' && hidesInMiddle(expectation) ? { kind: 'inconclusive', why } : { ...verdict, why };
}

/** What is missing at both ends may be in between. */
function hidesInMiddle({ kind }: Expectation): boolean {
  return kind === 'text' || kind === 'json' || kind === 'format' || kind === 'count';
}

function judgeExit(expectation: Expectation, { exitCode, stdout, stderr, command }: ReadOutput): Verdict | undefined {
  if (exitCode === undefined) return { kind: 'failed', why: 'it was ended before it was done' };
  if (exitCode === 0) return undefined;
  const isEmptySearch =
    exitCode === 1 &&
    stdout.trim() === '' &&
    (command === undefined || /\b(?:e|f|z|p)?grep\b|\brg\b|\bdiff\b|\bcmp\b/.test(command));
  if (isEmptySearch && (expectation.kind === 'empty' || expectation.kind === 'without')) return undefined;
  const said = linesOf(stderr).at(-1);
  const found = isEmptySearch && said === undefined ? ': nothing was found' : '';
  return {
    kind: 'failed',
    why: `it ended with exit code ${exitCode}${found}${said === undefined ? '' : `: ${said.slice(0, 200)}`}`,
  };
}

/** Enough to see what is wrong; the whole output is shown elsewhere. */
const SHOWN_LINES = 200;

/** What was expected beside what came, line by line; undefined where the expectation has no lines of its own. */
export function differenceOfOutput(expectation: Expectation, output: CommandOutput): OutputDifference | undefined {
  const read = readOutput(output);
  const lines = linesOf(read.stdout);
  const shown = lines.slice(0, SHOWN_LINES);
  const shortened = read.shortened || lines.length > shown.length;
  switch (expectation.kind) {
    case 'text':
      return { lines: textDifference(expectation.lines, lines, shown), shortened };
    case 'json':
      return { lines: jsonDifference(patternLines(expectation.pattern), read.stdout), shortened };
    case 'empty':
      return { lines: shown.map((text) => ({ kind: 'unexpected', text })), shortened };
    case 'everyLine': {
      const test = lineTest(expectation.part);
      return {
        lines: shown.map((text) => ({ kind: test(normalizeLine(text)) ? 'same' : 'unexpected', text })),
        shortened,
      };
    }
    case 'without': {
      const words = expectation.words.map((word) => word.toLowerCase());
      const isBad = (text: string) => words.some((word) => text.toLowerCase().includes(word));
      return { lines: shown.map((text) => ({ kind: isBad(text) ? 'unexpected' : 'other', text })), shortened };
    }
    case 'httpStatus':
    case 'number':
    case 'count':
    case 'nonEmpty':
    case 'format':
      return {
        lines: [
          { kind: 'missing', text: expectation.text },
          ...shown.map((text): DifferenceLine => ({ kind: 'other', text })),
        ],
        shortened,
      };
    case 'success':
    case 'relative':
    case 'change':
    case 'human':
      return undefined;
  }
}

function textDifference(
  expected: readonly string[],
  all: readonly string[],
  shown: readonly string[],
): readonly DifferenceLine[] {
  const tests = expected.map(lineTest);
  const normalized = all.map(normalizeLine);
  const missing = expected.filter((_, index) => !normalized.some((line) => tests[index]?.(line)));
  return [
    ...missing.map((text): DifferenceLine => ({ kind: 'missing', text })),
    ...shown.map((text, index): DifferenceLine => ({
      kind: tests.some((test) => test(normalized[index] ?? '')) ? 'same' : 'other',
      text,
    })),
  ];
}

function jsonDifference(pattern: readonly string[], stdout: string): readonly DifferenceLine[] {
  const actual = pretty(stdout).slice(0, SHOWN_LINES);
  const wanted = new Set(pattern.map((line) => line.replace(/,$/, '').trim()));
  const found = new Set(actual.map((line) => line.replace(/,$/, '').trim()));
  const missing = pattern.filter((line) => says(line) && !found.has(line.replace(/,$/, '').trim()));
  return [
    ...missing.map((text): DifferenceLine => ({ kind: 'missing', text })),
    ...actual.map((text): DifferenceLine => ({
      kind: wanted.has(text.replace(/,$/, '').trim()) ? 'same' : 'other',
      text,
    })),
  ];
}

/** Not a bracket, and not a place that anything may stand in. */
function says(line: string): boolean {
  return !/\.\.\.|<number>|<text>|^[[\]{}]+$|[[{]$/.test(line.replace(/,$/, '').trim());
}

function pretty(stdout: string): readonly string[] {
  try {
    return JSON.stringify(JSON.parse(stdout), undefined, 2).split('\n');
  } catch {
    return linesOf(stdout);
  }
}
