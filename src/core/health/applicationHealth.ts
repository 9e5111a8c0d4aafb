import { formatCount } from '../format.ts';
import { worst } from './reading.ts';
import type { HealthState, Reading } from './reading.ts';

/** The words applications use for how they are; lower case. Frameworks differ: these are what is met in practice. */
const words: Readonly<Record<string, HealthState>> = {
  ...of('healthy', 'healthy ok okay up pass passed passing good green alive ready running available operational true'),
  ...of('degraded', 'degraded warn warning yellow partial limited impaired'),
  ...of('down', 'unhealthy down fail failed failing error critical red dead unavailable outage out_of_service false'),
};

function of(state: HealthState, list: string): Record<string, HealthState> {
  return Object.fromEntries(list.split(' ').map((word) => [word, state]));
}

/** Parts that are switched off on purpose say nothing about health. */
const off = new Set(['off', 'disabled', 'skipped', 'none', 'not_configured']);

const statusFields = ['status', 'state', 'health', 'healthy', 'ok', 'overall', 'result'];
const checkFields = ['checks', 'components', 'services', 'dependencies', 'entries', 'details', 'info', 'error'];
/** Here also a bare word is a check: `"redis": "ok"`. Elsewhere it may be anything: `"exists": true`. */
const wordFields = new Set(['checks', 'components', 'services', 'dependencies']);
const deepest = 20;
const mostChecks = 30;

/** One check that an application says it made. */
interface Check {
  readonly path: string;
  readonly word: string;
  readonly state: HealthState | 'fact';
  readonly detail: string | undefined;
}

/**
 * What a health endpoint's answer means: what it says of itself, then each nested check. The worst of them counts, so that
 * an application that calls itself healthy while a check of its own failed is not taken for healthy.
 */
export function healthReadings(status: number, body: string): readonly Reading[] {
  const json = parse(body);
  const overall = overallReading(status, body, json);
  const checks = isRecord(json) ? worstByPath(checksIn(json, '', 0)) : [];
  const shown = checks.length > mostChecks ? checks.toSorted(byTrouble).slice(0, mostChecks) : checks;
  return [
    overall,
    ...shown.map(({ path, word, state, detail }): Reading => ({
      id: `check/${path}`,
      label: `Check ${path}`,
      value: word,
      // The application itself decides whether it can do without; what fails in it is not itself.
      state: state === 'down' && overall.state !== 'down' ? 'degraded' : state,
      detail: detail ?? 'By its own word.',
    })),
    ...others(checks.length - shown.length),
  ];
}

function byTrouble({ state: a }: Check, { state: b }: Check): number {
  if (a === b) return 0;
  return worst([a, b]) === a ? -1 : 1;
}

function others(count: number): readonly Reading[] {
  if (count === 0) return [];
  const detail = 'None of them is worse than those that are shown.';
  return [{ id: 'checks', label: 'Checks', value: `${formatCount(count)} more`, state: 'fact', detail }];
}

function overallReading(status: number, body: string, json: unknown): Reading {
  const base = { id: 'health', label: 'Health' };
  const word = isRecord(json) ? statusWord(json) : scalarWord(json ?? body);
  const http = `HTTP ${status}`;
  const succeeded = status >= 200 && status < 300;
  if (word === undefined) {
    if (!succeeded) return { ...base, value: http, state: 'down', detail: 'The health endpoint reports a failure.' };
    const what = json === undefined ? 'a page, not a health report' : 'nothing about its health';
    return {
      ...base,
      value: `${http}, ${what}`,
      state: 'unknown',
      detail: `Expected JSON with one of: ${statusFields.join(', ')}.`,
    };
  }
  const state = stateOf(word);
  if (state === 'unknown' || state === 'fact') {
    const detail = 'This word is not known to mean healthy, degraded or down.';
    return { ...base, value: `“${word}”, ${http}`, state: succeeded ? 'unknown' : 'down', detail };
  }
  if (!succeeded && state === 'healthy')
    return { ...base, value: `“${word}”, but ${http}`, state: 'down', detail: 'The status code says that it is not.' };
  const error = state === 'healthy' && isRecord(json) ? errorIn(json) : undefined;
  if (error !== undefined)
    return { ...base, value: `“${word}”, but with an error`, state: 'degraded', detail: error.slice(0, 300) };
  return { ...base, value: `“${word}”, ${http}`, state, detail: 'By its own word and the status code.' };
}

/** What it reports beside its status; a record of checks that failed is read as such. */
function errorIn({ error, errors }: Readonly<Record<string, unknown>>): string | undefined {
  const [first] = Array.isArray(errors) ? errors : [error];
  return typeof first === 'string' && first !== '' ? first : undefined;
}

function checksIn(json: Readonly<Record<string, unknown>>, prefix: string, depth: number): readonly Check[] {
  if (depth === deepest) {
    const detail = 'Nested too deep.';
    return prefix === '' ? [] : [{ path: prefix, word: 'not read', state: 'unknown', detail }];
  }
  return checkFields.flatMap((field) => {
    const found = json[field];
    const named: readonly (readonly [string, unknown])[] = Array.isArray(found)
      ? found.map((one: unknown, index) => [isRecord(one) ? nameOf(one, index) : String(index), one] as const)
      : isRecord(found)
        ? Object.entries(found)
        : [];
    const bare = wordFields.has(field);
    return named.flatMap(([name, value]) => checkAt(prefix === '' ? name : `${prefix}/${name}`, value, depth, bare));
  });
}

function checkAt(path: string, value: unknown, depth: number, bare: boolean): readonly Check[] {
  // A component may have a list of measurements.
  if (Array.isArray(value)) return value.flatMap((one: unknown) => checkAt(path, one, depth, bare));
  if (isRecord(value)) {
    const word = statusWord(value);
    const below = checksIn(value, path, depth + 1);
    return word === undefined ? below : [{ path, word, state: stateOf(word), detail: detailOf(value) }, ...below];
  }
  const word = bare ? scalarWord(value) : undefined;
  return word === undefined ? [] : [{ path, word, state: stateOf(word), detail: undefined }];
}

/** The same component may be listed twice, as one that failed and among all. */
function worstByPath(checks: readonly Check[]): readonly Check[] {
  const found = new Map<string, Check>();
  for (const check of checks) {
    const known = found.get(check.path);
    if (!known || worst([known.state, check.state]) === check.state) found.set(check.path, check);
  }
  return [...found.values()];
}

function stateOf(word: string): HealthState | 'fact' {
  const plain = word.toLowerCase().trim().replaceAll(/[\s-]/g, '_');
  return off.has(plain) ? 'fact' : (words[plain] ?? 'unknown');
}

/** The first that it says; the worst, where it says of itself in another field that it is not well. */
function statusWord(json: Readonly<Record<string, unknown>>): string | undefined {
  const said = statusFields.flatMap((field) => {
    const value = json[field];
    if (typeof value === 'string' || typeof value === 'boolean') return [String(value)];
    return isRecord(value) ? (statusWord(value) ?? []) : [];
  });
  const worse = (['down', 'degraded'] as const).map((state) => said.find((word) => stateOf(word) === state));
  return worse.find((word) => word !== undefined) ?? said[0];
}

/** `OK` and the like, as a whole answer. A longer text is no word. */
function scalarWord(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^[\w -]{1,30}$/.test(text) ? text : undefined;
}

function detailOf(value: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of ['detail', 'message', 'error', 'output', 'description', 'reason']) {
    const text = value[field];
    if (typeof text === 'string' && text !== '') return text.slice(0, 300);
  }
  return undefined;
}

function nameOf(value: Readonly<Record<string, unknown>>, index: number): string {
  const name = value['name'] ?? value['id'] ?? value['component'];
  return typeof name === 'string' ? name : String(index);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
