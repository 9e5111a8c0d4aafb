import * as z from 'zod/mini';
import { _default as preset } from 'zod/mini';
import { bytesPattern, durationPattern, parseBytes, parseDurationMs, parseRatio, ratioPattern } from './amounts.ts';
import { hints } from './hints.ts';
import type { Hint } from './hints.ts';
import { httpHost, parseHostPort } from './hosts.ts';
import type { HostPort } from './hosts.ts';

// Each builder takes `expected`, the words that complete "… is 5: expected", so that the editor's squiggle and our own
// message say the same.

/** A text that is not empty. */
export function text(expected: string, hint: Hint) {
  return z
    .string({ error: expected })
    .check(z.minLength(1, { error: expected }))
    .register(hints, hint);
}

/** A text of the given form. */
export function matching(form: RegExp, expected: string, hint: Hint) {
  const patternErrorMessage = `Expected ${expected}.`;
  return z
    .string({ error: expected })
    .check(z.regex(form, { error: expected }))
    .register(hints, { patternErrorMessage, ...hint });
}

/** An http or https address; stays a text. */
export function httpUrl(hint: Hint) {
  const expected = `an http or https address${exampleOf(hint)}`;
  return z
    .string({ error: expected })
    .check(z.regex(/^https?:\/\/[^\s/]\S*$/, { error: expected, abort: true }))
    .check(z.refine((url) => httpHost(url) !== undefined, { error: expected }))
    .register(hints, { patternErrorMessage: `Expected ${expected}.`, ...hint });
}

/** `host:port` → its parts. */
export function hostPort(expected: string, hint: Hint) {
  return z
    .pipe(
      z
        .string({ error: expected })
        .check(z.regex(/^(\[[\da-fA-F:.]+\]|[^\s:/@[\]]+):\d{1,5}$/, { error: expected, abort: true }))
        .check(z.refine((value) => parseHostPort(value) !== undefined, { error: expected })),
      z.transform((value): HostPort => parseHostPort(value) ?? { host: value, port: 0 }),
    )
    .register(hints, { patternErrorMessage: `Expected ${expected}.`, ...hint });
}

/** A secret: a reference, or (with a warning) its clear text. */
export function secret(hint: Hint) {
  return text('"${secret}" or "${env:NAME}"', { examples: ['${secret}', '${env:NAME}'], ...hint });
}

/** `"60%"` → 0.6. */
export function ratio(hint: Hint) {
  return amount(ratioPattern, `a percentage in quotes${exampleOf(hint)}`, parseRatio, hint);
}

/** `"500MB"` → bytes. */
export function bytes(hint: Hint) {
  return amount(bytesPattern, `a size with its unit, in quotes${exampleOf(hint)}`, parseBytes, hint);
}

/** `"200ms"` → milliseconds. */
export function durationMs(hint: Hint) {
  return amount(durationPattern, `a time with its unit, in quotes${exampleOf(hint)}`, parseDurationMs, hint);
}

function amount(form: RegExp, expected: string, parse: (text: string) => number, hint: Hint) {
  return z
    .pipe(z.string({ error: expected }).check(z.regex(form, { error: expected })), z.transform(parse))
    .register(hints, { patternErrorMessage: `Expected ${expected}.`, ...hint });
}

export function yesOrNo(presetValue: boolean, hint: Hint) {
  return preset(z.boolean({ error: 'true or false' }), presetValue).register(hints, hint);
}

/** A whole number between two bounds. */
export function whole(minimum: number, maximum: number, hint: Hint) {
  const error = `a whole number from ${minimum} to ${maximum}`;
  return z
    .number({ error })
    .check(
      z.refine((value) => Number.isInteger(value), { error }),
      z.minimum(minimum, { error }),
    )
    .check(z.maximum(maximum, { error }))
    .register(hints, hint);
}

/** One of the named values; the hint's `enumDescriptions` follow their order. */
export function oneOf<const T extends readonly string[]>(values: T, hint: Hint) {
  return z.enum(values, { error: `one of ${values.map((value) => `"${value}"`).join(', ')}` }).register(hints, hint);
}

function exampleOf(hint: Hint): string {
  const example = hint.examples?.[0];
  return example === undefined ? '' : `, such as ${JSON.stringify(example)}`;
}

/** A field with a value of its own when it is left out. */
export { preset };
