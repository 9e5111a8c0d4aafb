import { literalPattern } from '../../../literalPattern.ts';
import type { Verdict } from '../../../verdict.ts';
import type { Expectation } from './types.ts';
import { isObject } from './matchJson.ts';
import { linesOf } from './output.ts';
import type { ReadOutput } from './output.ts';

/** A second run that is quicker or smaller than the first. */
export function judgeRelative(
  { quantity, direction, byRatio, text }: Expectation & { kind: 'relative' },
  output: ReadOutput,
  earlier: ReadOutput | undefined,
): Verdict {
  const pair = quantity === 'duration' ? durations(output, earlier) : numbers(output, earlier);
  if (pair === undefined) return { kind: 'inconclusive', why: `there is nothing to compare with yet: ${text}` };
  const [before, after] = pair;
  if (before === 0) return { kind: 'inconclusive', why: 'the value before is 0; a change in percent cannot be told' };
  const change = ((direction === 'less' ? before - after : after - before) / before) * 100;
  const says = `from ${round(before)} to ${round(after)}: ${round(Math.abs(change))} % ${change < 0 === (direction === 'less') ? 'more' : 'less'}`;
  const least = (byRatio ?? 0) * 100;
  return change > 0 && change >= least ? { kind: 'passed', why: says } : { kind: 'failed', why: says };
}

function durations(output: ReadOutput, earlier: ReadOutput | undefined): readonly [number, number] | undefined {
  return earlier && [earlier.durationMs, output.durationMs];
}

/** The last number of the run before and of this one; else the last two lines with a number. */
function numbers(output: ReadOutput, earlier: ReadOutput | undefined): readonly [number, number] | undefined {
  const now = numbersIn(output.stdout);
  const before = earlier === undefined ? now.at(-2) : numbersIn(earlier.stdout).at(-1);
  const after = now.at(-1);
  return before === undefined || after === undefined ? undefined : [before, after];
}

function numbersIn(text: string): readonly number[] {
  return linesOf(text).flatMap((line) => {
    const found = Array.from(
      line.matchAll(/(?<![\w.])(\d+(?:\.\d+)?)(?:\s*(?:ms|s|sec|seconds|MB|GB|KB|%))?(?![\w.])/g),
    );
    const last = found.at(-1)?.[1];
    return last === undefined ? [] : [Number(last)];
  });
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** What happened to a field between two runs: "from 1 to 2", "updated", "stayed the same". */
export function judgeChange(
  expectation: Expectation & { kind: 'change' },
  output: ReadOutput,
  earlier: ReadOutput | undefined,
): Verdict {
  const { field, change, from, to } = expectation;
  if (earlier === undefined)
    return { kind: 'inconclusive', why: `there is no run before this one to compare "${field}" with` };
  const before = valuesOf(field, earlier.stdout);
  const after = valuesOf(field, output.stdout);
  if (after.length === 0) return { kind: 'failed', why: `"${field}" is not in the output` };
  if (before.length === 0 && change !== 'updated')
    return { kind: 'inconclusive', why: `"${field}" was not in the output before` };
  const says = `"${field}" went from ${before.join(', ') || 'nothing'} to ${after.join(', ')}`;
  return isAs(change, before, after, from, to) ? { kind: 'passed', why: says } : { kind: 'failed', why: says };
}

function isAs(
  change: (Expectation & { kind: 'change' })['change'],
  before: readonly string[],
  after: readonly string[],
  from: number | undefined,
  to: number | undefined,
): boolean {
  if (change === 'same') return before.join('\n') === after.join('\n');
  if (change === 'updated') return before.join('\n') !== after.join('\n');
  return before.every((one) => Number(one) === from) && after.every((one) => Number(one) === to);
}

/** All values of a field in JSON, else behind its name in text. */
function valuesOf(field: string, text: string): readonly string[] {
  try {
    return valuesIn(field, JSON.parse(text));
  } catch {
    const pattern = new RegExp(`(?<![\\w])${literalPattern(field)}["']?\\s*[:=]\\s*["']?([^\\s"',}]+)`, 'g');
    return Array.from(text.matchAll(pattern), ([, value = '']) => value);
  }
}

function valuesIn(field: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesIn(field, one));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === field ? [JSON.stringify(inner)] : valuesIn(field, inner),
  );
}
