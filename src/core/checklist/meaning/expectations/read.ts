import type { Expectation, NumberComparator } from './types.ts';
import { readJsonFields, readJsonPattern } from './jsonPattern.ts';

/** What is known of the command whose output is meant. */
export interface ReadContext {
  readonly command: string;
  /** A comment that says "should" describes; one that says "Expected:" quotes. */
  readonly describes?: boolean;
}

type Reader = (text: string, context: ReadContext) => Expectation | undefined;

/** Tried in this order. */
const READERS: readonly Reader[] = [relative, json, format, empty, everyLine, status, count, number, quoted, listed];

/**
 * What a phrase says of an output: `PONG`, `{"status": "ok", ...}`, "empty", "10+ new indexes". What is too long or too
 * vague to be compared is for a person. Undefined where the phrase is empty.
 */
export function readExpectation(phrase: string, context: ReadContext): Expectation | undefined {
  const text = phrase.trim();
  if (text === '') return undefined;
  for (const read of READERS) {
    const expectation = read(text, context);
    if (expectation !== undefined) return expectation;
  }
  const isVague = context.describes === true || isProse(text);
  return isVague ? { kind: 'human', text, command: undefined } : { kind: 'text', lines: [unmark(text)], text };
}

/** Longer than an output one quotes, or hedged. */
function isProse(text: string): boolean {
  return text.split(/\s+/).length > 8 || /\(or\b|\bor stale\b|\betc\b|\bshould\b|\bdepending\b|\bapprox/i.test(text);
}

/** `✅ NAME=value` and `- value` without their marks; quotes around all of it are not part of the output. */
export function unmark(text: string): string {
  const bare = text.replace(/^(?:(?:\p{Extended_Pictographic}\ufe0f?|[\u2713\u2717\u2718])+|[-*•])\s+/u, '').trim();
  return /^(["'`])(?!.*\1.*\1)(.*)\1$/s.exec(bare)?.[2] ?? bare;
}

const FASTER =
  /(\d+(?:\.\d+)?)\s*%\s*faster|\b(?:should be|is|be)\s+(?:much\s+|noticeably\s+)?(faster|quicker|slower)\b|\bimprovement\b/i;

/** "should be 20% faster", "second should be faster" */
function relative(text: string): Expectation | undefined {
  const match = FASTER.exec(text);
  const less = /(\d+(?:\.\d+)?)\s*%\s*(?:less|lower|smaller)\b/i.exec(text);
  if (match === null && less === null) return undefined;
  const percent = match?.[1] ?? less?.[1];
  return {
    kind: 'relative',
    quantity: match === null ? 'output' : 'duration',
    direction: /slower/i.test(match?.[2] ?? '') ? 'more' : 'less',
    byRatio: percent === undefined ? undefined : Number(percent) / 100,
    text,
  };
}

function json(text: string): Expectation | undefined {
  if (/^[[{]/.test(text)) {
    const pattern = readJsonPattern(text, { example: false });
    return pattern && { kind: 'json', pattern, anywhere: false, text };
  }
  const fields = readJsonFields(text);
  return fields && { kind: 'json', pattern: fields, anywhere: true, text };
}

/** "JSON with collections list", "Prometheus metrics output with cache counters" */
function format(text: string): Expectation | undefined {
  const [, kind, rest = ''] = /^(?:valid\s+|some\s+)?(JSON|Prometheus metrics|metrics)\b(?!\w)(.*)$/i.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const [, what = ''] = /\b(?:with|containing|including|of|about)\s+(.*)$/i.exec(rest) ?? [];
  const words = what.match(/[A-Za-z_][\w-]{2,}/g) ?? [];
  const mentions = words.filter(
    (word) => !/^(?:list|lists|the|and|all|array|object|output|counters?|gauges?|data|response|some)$/i.test(word),
  );
  return { kind: 'format', format: /json/i.test(kind) ? 'json' : 'metrics', mentions, text };
}

function empty(text: string): Expectation | undefined {
  if (
    /^\(?(?:is |be |should be |stays )?(?:empty|nothing|no output|no results?|no lines)(?: output)?\)?[.!]?$/i.test(
      text,
    )
  )
    return { kind: 'empty', text };
  if (
    /^(?:(?:some |any |no[tn][ -]?empty )?(?:data|output|something|metrics|content|a response|results?)|not empty|non-?empty)[.!]?$/i.test(
      text,
    )
  ) {
    return { kind: 'nonEmpty', text };
  }
  const [, words] =
    /^no\s+((?:error|warning|exception|failure)s?(?:\s+(?:or|and)\s+(?:error|warning|exception|failure)s?)?)(?: messages?| lines?)?(?: in .*)?$/i.exec(
      text,
    ) ?? [];
  return words === undefined
    ? undefined
    : { kind: 'without', words: words.split(/\s+(?:or|and)\s+/).map((word) => word.replace(/s$/, '')), text };
}

/** "all "Up"" */
function everyLine(text: string): Expectation | undefined {
  const [, , part] = /^all\s+(?:are\s+|say\s+)?(["'`“])(.+?)["'`”]/i.exec(text) ?? [];
  return part === undefined ? undefined : { kind: 'everyLine', part, text };
}

/** "200" of a web request, "HTTP 200 OK", "200 OK" */
function status(text: string, { command }: ReadContext): Expectation | undefined {
  const [, http, code] =
    /^(HTTP(?:\/[\d.]+)?\s+(?:status\s+)?)?([1-5]\d\d)(?:\s+(?:OK|Created|Accepted|No Content|status))?[.!]?$/i.exec(
      text,
    ) ?? [];
  if (code === undefined || (http === undefined && !/\b(?:curl|wget|http)\b/.test(command))) return undefined;
  return /%\{(?:http_code|response_code)\}/.test(command)
    ? undefined
    : { kind: 'httpStatus', status: Number(code), text };
}

/** "10+ new indexes listed", "at least 3 replicas" */
function count(text: string): Expectation | undefined {
  const [, least, plus, what] =
    /^(?:at least (\d+)|(\d+)\+)\s+([A-Za-z][^.]*?)(?:\s+(?:listed|shown|found))?[.!]?$/i.exec(text) ?? [];
  const value = least ?? plus;
  return value === undefined || what === undefined
    ? undefined
    : { kind: 'count', comparator: '>=', value: Number(value), what, text };
}

const COMPARATORS: Readonly<Record<string, NumberComparator>> = {
  'less than': '<',
  below: '<',
  under: '<',
  'more than': '>',
  above: '>',
  over: '>',
  'greater than': '>',
  'at least': '>=',
  'at most': '<=',
};

/** "> 0", "less than 100", "0" */
function number(text: string): Expectation | undefined {
  const [, sign, value] =
    /^(<=|>=|<|>|==?|less than|below|under|more than|above|over|greater than|at least|at most)?\s*(-?\d+(?:\.\d+)?)$/i.exec(
      text,
    ) ?? [];
  if (value === undefined) return undefined;
  const comparator =
    COMPARATORS[sign?.toLowerCase() ?? ''] ??
    (sign === '<' || sign === '<=' || sign === '>' || sign === '>=' ? sign : '=');
  return { kind: 'number', comparator, value: Number(value), text };
}

/** "`PONG`", "“Cache initialized”, “Redis connected”, etc." */
function quoted(text: string): Expectation | undefined {
  if (!/^["'`“‘]/.test(text) && !/["`“][^"`”]+["`”]/.test(text)) return undefined;
  if (text.includes('...')) return undefined; // `..."source":"computed"...` is a pattern
  const rest = text.replace(/(["'`])(?:(?!\1).)+\1|“[^”]+”/g, '').replace(/\b(?:and|or|etc|in|output|the)\b/gi, '');
  if (/[A-Za-z]{3}/.test(rest)) return undefined;
  const lines = Array.from(text.matchAll(/(["'`])((?:(?!\1).)+)\1|“([^”]+)”/g), (match) =>
    unmark(match[2] ?? match[3] ?? ''),
  );
  return lines.length === 0 ? undefined : { kind: 'text', lines, text };
}

/** "e02850e, d838bb4, c1f0e98, and earlier cache commits": words that could only be quoted. */
function listed(text: string): Expectation | undefined {
  const parts = text.split(/,\s*/);
  const names = parts.filter((part) => /^[\w.:/-]+$/.test(part) && /[\d_.:/-]/.test(part));
  return names.length < 2 ? undefined : { kind: 'text', lines: names, text };
}

/** What stands in a block of its own, or below `Expected output:`. */
export function readExpectedBlock(code: string): Expectation | undefined {
  const text = code.trim();
  if (text === '') return undefined;
  const pattern = /^[[{]/.test(text) ? readJsonPattern(text, { example: true }) : undefined;
  if (pattern !== undefined) return { kind: 'json', pattern, anywhere: false, text };
  const lines = text
    .split('\n')
    .map(unmark)
    .filter((line) => line !== '');
  const compared = relative(text);
  if (compared?.kind === 'relative' && lines.length > 1) return { ...compared, quantity: 'output' };
  return { kind: 'text', lines, text };
}
