import { OpsError } from '../errors.ts';
import { inYaml } from './keyFlag.ts';
import type { Located } from './keyFlag.ts';
import type { TextFlag } from './textFlag.ts';

/** Where the environment of a Compose service takes a variable from, as far as the Compose files say it. */
export type ComposeSource =
  /** Written out in a Compose file. */
  | { readonly kind: 'literal'; readonly path: string; readonly flag: TextFlag }
  /** `${NAME}`, or handed through: from the file that Compose fills references from. */
  | { readonly kind: 'reference'; readonly variable: string };

/**
 * The last Compose file that names the variable in the service's `environment` decides. Undefined where none does.
 * Throws OpsError for a value that is put together of several.
 */
export function composeSource(
  files: readonly { readonly path: string; readonly text: string }[],
  service: string,
  name: string,
): ComposeSource | undefined {
  for (const { path, text } of files.toReversed()) {
    const entry = entryIn(text, service, name, path);
    if (entry === undefined) continue;
    if (entry.handedThrough) return { kind: 'reference', variable: name };
    const raw = entry.located.value;
    const reference = /^\$(?:\{([A-Za-z_]\w*)(?::?-[^}]*)?\}|([A-Za-z_]\w*))$/.exec(raw);
    if (reference) return { kind: 'reference', variable: reference[1] ?? reference[2] ?? '' };
    if (/(?<!\$)(?:\$\$)*\$(?!\$)/.test(raw))
      throw new OpsError('conflict', `${name} of service ${service} is put together in ${path}: ${raw}`, {
        next: 'Write it as a value or as one reference, such as ${NAME:-0}.',
      });
    return { kind: 'literal', path, flag: environmentFlag(path, service, name) };
  }
  return undefined;
}

type Entry = { readonly handedThrough: true } | { readonly handedThrough: false; readonly located: Located };

function entryIn(text: string, service: string, name: string, path: string): Entry | undefined {
  const at = ['services', service, 'environment'];
  for (let index = 0; ; index++) {
    const item = tryLocate(text, [...at, String(index)], path);
    if (item === undefined) break;
    if (item.value === name) return { handedThrough: true };
    if (item.value.startsWith(`${name}=`)) return { handedThrough: false, located: withPrefix(item, `${name}=`) };
  }
  const found = tryLocate(text, [...at, name], path);
  if (found === undefined) return undefined;
  return found.value === '' || /^(?:null|~)$/.test(found.value)
    ? { handedThrough: true }
    : { handedThrough: false, located: found };
}

function tryLocate(text: string, keys: readonly string[], path: string): Located | undefined {
  return inYaml(text, keys, path);
}

function withPrefix(item: Located, prefix: string): Located {
  return { ...item, value: item.value.slice(prefix.length), write: (value) => item.write(prefix + value) };
}

/** Compose reads `$$` as a sign. */
function environmentFlag(path: string, service: string, name: string): TextFlag {
  const locate = (text: string): Located | undefined => {
    const entry = entryIn(text, service, name, path);
    return entry === undefined || entry.handedThrough ? undefined : entry.located;
  };
  return {
    valueOf: (text) => locate(text)?.value.replaceAll('$$', '$'),
    withValue: (text, value) => {
      const found = locate(text);
      if (found === undefined || value === undefined)
        throw new OpsError(
          'conflict',
          `${name} of service ${service} is not in ${path} any more; nothing was changed.`,
        );
      const written = asText(found, value.replaceAll('$', '$$$$'));
      return text.slice(0, found.start) + written + text.slice(found.end);
    },
  };
}

/** In `NAME: 1` the one was a number to YAML, and is a text to Compose. */
function asText(found: Located, value: string): string {
  try {
    return found.write(value);
  } catch {
    return JSON.stringify(value);
  }
}
