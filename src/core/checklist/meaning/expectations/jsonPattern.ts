import type { JsonPattern } from './types.ts';

/** Keys whose values differ from run to run in an example: times, ages, identifiers. */
const VOLATILE =
  /(?:^|[_-])(?:age|time|timestamp|ts|date|at|duration|elapsed|uptime|seconds|secs|ms|last|created|updated|accessed|modified|expires|id|uuid|pid|version)(?:[_-]|$)/i;
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

/**
 * Reads JSON as people write it into a document: `...` (or `…`) as a key, element or value means "and more" or "anything",
 * strings such as `"<recent timestamp>"` and `"..."` match anything, comments and commas at the end are ignored. In an
 * `example` times, ages and identifiers are compared by type only. Undefined where it is no JSON.
 */
export function readJsonPattern(text: string, options: { readonly example: boolean }): JsonPattern | undefined {
  const reader = new PatternReader(text, options.example);
  return reader.whole();
}

/** Fields without braces: `"health": "up", "lastScrape": "<recent timestamp>"`. */
export function readJsonFields(text: string): JsonPattern | undefined {
  return /^"[^"]+"\s*:/.test(text) ? readJsonPattern(`{${text}}`, { example: false }) : undefined;
}

const DEPTH_LIMIT = 100;

class PatternReader {
  readonly #text: string;
  readonly #example: boolean;
  #at = 0;

  constructor(text: string, example: boolean) {
    this.#text = text;
    this.#example = example;
  }

  whole(): JsonPattern | undefined {
    const pattern = this.#value('', 0);
    this.#skip();
    return this.#at === this.#text.length ? pattern : undefined;
  }

  #skip(): void {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.#text)?.[0].length ?? 0;
  }

  #take(token: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #takeDots(): boolean {
    return this.#take('...') || this.#take('…');
  }

  #value(key: string, depth: number): JsonPattern | undefined {
    if (depth > DEPTH_LIMIT) return undefined;
    if (this.#takeDots()) return { kind: 'any' };
    if (this.#take('{')) return this.#object(depth);
    if (this.#take('[')) return this.#array(depth);
    const literal = this.#match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|<[^<>]+>/y);
    return literal === undefined ? undefined : this.#scalar(key, literal);
  }

  #match(pattern: RegExp): string | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #scalar(key: string, literal: string): JsonPattern | undefined {
    if (literal.startsWith('<')) return { kind: 'any' };
    const value = parseScalar(literal);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && /^(?:<[^<>]*>|\.\.\.|…)$/.test(value.trim())) return { kind: 'any' };
    if (this.#example && typeof value === 'string' && (TIMESTAMP.test(value) || VOLATILE.test(key))) {
      return { kind: 'like', type: 'string' };
    }
    if (this.#example && typeof value === 'number' && VOLATILE.test(key)) return { kind: 'like', type: 'number' };
    return { kind: 'value', value };
  }

  #object(depth: number): JsonPattern | undefined {
    const fields: { key: string; pattern: JsonPattern }[] = [];
    let more = false;
    while (!this.#take('}')) {
      if (this.#takeDots()) more = true;
      else {
        const key = parseScalar(this.#match(/"(?:[^"\\]|\\.)*"/y) ?? '');
        if (typeof key !== 'string' || !this.#take(':')) return undefined;
        const pattern = this.#value(key, depth + 1);
        if (pattern === undefined) return undefined;
        fields.push({ key, pattern });
      }
      if (!this.#take(',') && !this.#closes('}')) return undefined;
    }
    return { kind: 'object', fields, more };
  }

  #array(depth: number): JsonPattern | undefined {
    const elements: JsonPattern[] = [];
    let more = false;
    while (!this.#take(']')) {
      if (this.#takeDots()) more = true;
      else {
        const pattern = this.#value('', depth + 1);
        if (pattern === undefined) return undefined;
        elements.push(pattern);
      }
      if (!this.#take(',') && !this.#closes(']')) return undefined;
    }
    return { kind: 'array', elements, more };
  }

  /** `{"a": 1 ...}`: people leave the comma before the dots out. */
  #closes(bracket: string): boolean {
    this.#skip();
    return this.#text.startsWith(bracket, this.#at) || /^(?:\.\.\.|…)/.test(this.#text.slice(this.#at, this.#at + 3));
  }
}

function parseScalar(literal: string): string | number | boolean | null | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}
