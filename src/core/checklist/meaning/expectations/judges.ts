import type { Verdict } from '../../../verdict.ts';
import { compare } from '../criteria/judge.ts';
import type { Expectation } from './types.ts';
import { judgeChange, judgeRelative } from './judgeRelative.ts';
import { isObject, jsonMismatch, matchesAnywhere } from './matchJson.ts';
import { lineTest } from './matchText.ts';
import { linesOf, normalizeLine } from './output.ts';
import type { ReadOutput } from './output.ts';

/** The verdict by kind; the exit code has been looked at. */
export function judgeHow(expectation: Expectation, output: ReadOutput, earlier: ReadOutput | undefined): Verdict {
  switch (expectation.kind) {
    case 'text':
      return judgeText(expectation.lines, output);
    case 'json':
      return judgeJson(expectation, output);
    case 'format':
      return judgeFormat(expectation, output);
    case 'empty':
      return judgeEmpty(output);
    case 'nonEmpty':
      return output.stdout.trim() === '' ? failed('nothing came out') : passed('something came out');
    case 'success':
      return passed('exit code 0');
    case 'everyLine':
      return judgeEveryLine(expectation.part, output);
    case 'without':
      return judgeWithout(expectation.words, output);
    case 'httpStatus':
      return judgeStatus(expectation.status, output);
    case 'number':
      return judgeNumber(expectation, output);
    case 'count':
      return judgeCount(expectation, output);
    case 'relative':
      return judgeRelative(expectation, output, earlier);
    case 'change':
      return judgeChange(expectation, output, earlier);
    case 'human':
      return inconclusive(`a person has to judge: ${expectation.text}`);
  }
}

function passed(why: string): Verdict {
  return { kind: 'passed', why };
}

function failed(why: string): Verdict {
  return { kind: 'failed', why };
}

function inconclusive(why: string): Verdict {
  return { kind: 'inconclusive', why };
}

function judgeText(expected: readonly string[], { stdout, stderr, binary }: ReadOutput): Verdict {
  if (stdout.trim() === '' && stderr.trim() === '') return failed('nothing came out');
  const out = linesOf(stdout).map(normalizeLine);
  const err = linesOf(stderr).map(normalizeLine);
  const tests = expected.map((line) => ({ line, test: lineTest(line) }));
  const missing = tests.filter(({ test }) => !out.some(test) && !err.some(test)).map(({ line }) => line);
  if (missing.length > 0) {
    const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    return failed(`"${missing[0] ?? ''}"${others} did not come out${binary ? ' (the output is binary)' : ''}`);
  }
  return passed(
    tests.every(({ test }) => out.some(test)) ? 'the output is as expected' : 'it came out as an error message',
  );
}

function judgeJson(expectation: Expectation & { kind: 'json' }, { stdout, shortened }: ReadOutput): Verdict {
  if (stdout.trim() === '') return failed('nothing came out');
  const documents = parseDocuments(stdout);
  const fields = documents === undefined && expectation.anywhere ? parseFields(stdout) : undefined;
  if (fields) return judgeFields(expectation, fields);
  if (documents === undefined)
    return shortened ? inconclusive('the output is too long to be read as JSON') : failed('the output is not JSON');
  if (expectation.anywhere) {
    return documents.some((one) => matchesAnywhere(expectation.pattern, one))
      ? passed('the output holds what is expected')
      : failed(`the output holds no ${expectation.text}`);
  }
  const mismatches = documents.map((one) => jsonMismatch(expectation.pattern, one));
  return mismatches.includes(undefined)
    ? passed('the output is as expected')
    : failed(mismatches[0] ?? 'the output differs');
}

/** Where a search has cut fields out of an answer, those with the same names as the expected ones all have to be as it says. */
function judgeFields({ pattern, text }: Expectation & { kind: 'json' }, fields: readonly object[]): Verdict {
  const names = pattern.kind === 'object' ? pattern.fields.map(({ key }) => key) : [];
  const meant = fields.filter((one) => names.some((name) => Object.hasOwn(one, name)));
  const wrong = meant.map((one) => jsonMismatch(pattern, one)).find((one) => one !== undefined);
  if (meant.length === 0) return failed(`the output holds no ${text}`);
  return wrong === undefined ? passed('the output is as expected') : failed(wrong);
}

/** `"health":"up"` on each line, as `grep -o` prints it. */
function parseFields(text: string): readonly object[] | undefined {
  const fields = linesOf(text).map((line) => parseJson(`{${line.replace(/,\s*$/, '')}}`));
  return fields.every((one) => isObject(one)) ? fields : undefined;
}

/** One document, or one per line as `jq -c` prints them, or one after the other as `jq` does. */
function parseDocuments(text: string): readonly unknown[] | undefined {
  const whole = parseJson(text);
  if (whole !== undefined) return [whole];
  const parts = text.trim().split(/\n(?=[[{"])/);
  const documents = parts.map(parseJson);
  return documents.every((one) => one !== undefined) ? documents : undefined;
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function judgeFormat(
  { format, mentions }: Expectation & { kind: 'format' },
  { stdout, shortened }: ReadOutput,
): Verdict {
  if (stdout.trim() === '') return failed('nothing came out');
  const isRight = format === 'json' ? parseDocuments(stdout) !== undefined : isMetrics(stdout);
  const name = format === 'json' ? 'JSON' : 'metrics';
  if (!isRight)
    return format === 'json' && shortened
      ? inconclusive('the output is too long to be read as JSON')
      : failed(`the output is not ${name}`);
  const text = stdout.toLowerCase();
  const missing = mentions.filter((word) => !text.includes(word.toLowerCase()));
  return missing.length === 0
    ? passed(`the output is ${name}`)
    : inconclusive(`the output is ${name}, but says nothing of ${missing.join(', ')}`);
}

/** Prometheus' text format: comments, and `name{labels} value`. */
function isMetrics(text: string): boolean {
  const lines = linesOf(text);
  const metrics = lines.filter((line) => /^#|^[a-zA-Z_:][\w:]*(?:\{.*\})?\s+[-+\w.]+/.test(line)).length;
  return metrics > 0 && metrics >= lines.length * 0.9;
}

function judgeEmpty({ stdout }: ReadOutput): Verdict {
  const lines = linesOf(stdout).length;
  return lines === 0
    ? passed('nothing came out')
    : failed(`${lines} ${lines === 1 ? 'line' : 'lines'} came out, none expected`);
}

/** The line of titles and its underline, as `docker-compose ps` prints them. */
const HEADING =
  /^(?:name|container id|image|service|pod|unit|id)\b.*\b(?:state|status|ready|command|ports|active)\b|^[-=\s]+$/i;

function judgeEveryLine(part: string, { stdout }: ReadOutput): Verdict {
  const lines = linesOf(stdout).filter((line) => !HEADING.test(line.trim()));
  if (lines.length === 0) return failed('nothing is listed');
  const test = lineTest(part);
  const others = lines.filter((line) => !test(normalizeLine(line)));
  if (others.length === 0) return passed(`all ${lines.length} lines say "${part}"`);
  return failed(
    `${others.length} of ${lines.length} lines do not say "${part}": ${others[0]?.trim().slice(0, 100) ?? ''}`,
  );
}

function judgeWithout(words: readonly string[], { stdout, stderr }: ReadOutput): Verdict {
  const isBad = (line: string) => words.some((word) => line.toLowerCase().includes(word.toLowerCase()));
  const found = [...linesOf(stdout), ...linesOf(stderr)].filter(isBad);
  if (found.length === 0) return passed(`nothing mentions ${words.join(' or ')}`);
  return inconclusive(`${found.length} lines mention ${words.join(' or ')}; a person has to look at them`);
}

function judgeStatus(status: number, { stdout, stderr }: ReadOutput): Verdict {
  const line =
    /(?:^|\n)[<\s]*HTTP(?:\/[\d.]+| status)\s+(\d{3})\b(?![\s\S]*\n[<\s]*HTTP(?:\/[\d.]+| status)\s+\d{3}\b)/.exec(
      `${stdout}\n${stderr}`,
    );
  const code = line?.[1] ?? /^\s*([1-5]\d\d)\s*$/.exec(stdout)?.[1];
  if (code === undefined)
    return inconclusive('the output does not say the status of the answer; curl shows it with --include');
  return Number(code) === status
    ? passed(`the status is ${code}`)
    : failed(`the status is ${code}, expected ${status}`);
}

function judgeNumber({ comparator, value }: Expectation & { kind: 'number' }, { stdout }: ReadOutput): Verdict {
  const numbers = linesOf(stdout).flatMap(numberOf);
  if (numbers.length === 0)
    return stdout.trim() === '' ? failed('nothing came out') : inconclusive('the output holds no number');
  const wrong = numbers.find((one) => !compare(one, comparator, value));
  return wrong === undefined
    ? passed(`${numbers.join(', ')} ${comparator} ${value}`)
    : failed(`${wrong} is not ${comparator} ${value}`);
}

/** Of `evicted_keys:0` what stands behind the name; of a metric the value. */
function numberOf(line: string): readonly number[] {
  if (line.startsWith('#')) return [];
  const [, value] = /(?:^|[:=\s"])(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"?\s*$/i.exec(line) ?? [];
  return value === undefined ? [] : [Number(value)];
}

function judgeCount({ comparator, value, what }: Expectation & { kind: 'count' }, { stdout }: ReadOutput): Verdict {
  const lines = linesOf(stdout);
  if (lines.length === 0) return failed('nothing came out');
  const noun = what.split(/\s+/).at(-1)?.replace(/s$/, '').toLowerCase() ?? '';
  const said = new RegExp(`\\b(\\d+)\\s+(?:\\w+\\s+){0,3}${noun.replace(/[^\w]/g, '')}s?\\b`, 'i').exec(stdout)?.[1];
  if (said !== undefined && noun !== '') {
    return compare(Number(said), comparator, value)
      ? passed(`the output says ${said}`)
      : failed(`the output says ${said}, expected ${comparator} ${value}`);
  }
  return inconclusive(
    `${lines.length} lines came out; a person has to count the ${what}, expected ${comparator} ${value}`,
  );
}
