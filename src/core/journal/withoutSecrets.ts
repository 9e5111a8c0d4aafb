import { redact } from '../environment/redact.ts';

const mark = '•••';

/**
 * What looks like a login, whoever wrote it: `//user:password@host`, `Bearer …`, and the value after a word that says
 * secret. `$NAME` stays: it names where the secret comes from.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g, `$1${mark}`],
  [/\b((?:Bearer|Basic)\s+)(?!\$)[\w.~+/=-]{4,}/gi, `$1${mark}`],
  [
    /\b((?:[\w-]*(?:password|passwd|secret|token|api[-_]?key|auth))(?:["']\s*:\s*["']?|\s*=\s*["']?|:\s+["']?))(?![\s"'$•]|undefined|null|true|false)[^\s"',;&|]+/gi,
    `$1${mark}`,
  ],
  [/((?:^|\s)(?:--pass|--password|-a)[\s=]+)(?![\s"'$•-])\S+/g, `$1${mark}`],
];

/** The value with every known secret, and whatever looks like one, replaced in all its texts. Names of fields stay. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T;
export function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    return shapes.reduce((text, [shape, by]) => text.replace(shape, by), redact(value, secrets));
  }
  if (Array.isArray(value)) return value.map((one: unknown) => withoutSecrets(one, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutSecrets<unknown>(one, secrets)]));
}
