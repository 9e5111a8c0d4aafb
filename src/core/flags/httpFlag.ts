import { OpsError } from '../errors.ts';

export interface FlagAnswer {
  readonly value: string;
  /** The body, and its type, that sets another value. */
  write(value: string): { readonly body: string; readonly type: string };
}

const fields = ['value', 'enabled', 'on', 'state', 'variant'];

/** What an address answered for a flag: a JSON object with its value, a bare JSON value, or a bare text. */
export function readFlagAnswer(body: string, where: string): FlagAnswer {
  const json = parse(body);
  if (typeof json === 'object' && json !== null) {
    const entry = Object.entries(json).find(([name, one]) => fields.includes(name) && isScalar(one));
    if (entry === undefined)
      throw new OpsError('protocol', `${where} answered with JSON that names no value.`, {
        next: `Expected a bare value, or an object with one of: ${fields.join(', ')}.`,
      });
    const [name, old] = entry;
    return {
      value: String(old),
      write: (value) => ({ body: JSON.stringify({ ...json, [name]: like(old, value) }), type: 'application/json' }),
    };
  }
  if (isScalar(json))
    return {
      value: String(json),
      write: (value) => ({ body: JSON.stringify(like(json, value)), type: 'application/json' }),
    };
  const text = body.trim();
  if (text === '' || text.length > 200 || /^\s*</.test(text))
    throw new OpsError('protocol', `${where} answered with ${text === '' ? 'nothing' : 'a page'}, not with a value.`, {
      next: 'Check the address of the flag.',
    });
  return { value: text, write: (value) => ({ body: value, type: 'text/plain' }) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** As the old value was: a number or true stays one. */
function like(old: unknown, value: string): unknown {
  if (typeof old === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (typeof old === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  return value;
}
