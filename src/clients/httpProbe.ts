import * as z from 'zod/mini';
import type { Clock } from '../core/clock.ts';
import { redact } from '../core/environment/redact.ts';
import { OpsError } from '../core/errors.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import { failureOf } from '../core/health/failure.ts';
import type { Part } from '../core/health/monitorParts.ts';
import type { Failure, ServiceReport } from '../core/health/reading.ts';
import type { HttpAnswer, HttpTarget } from './http.ts';
import { getText } from './http.ts';

/** How long one request of a reading may take. */
export const requestTimeoutMs = 5_000;
/** What is not needed to say whether a service works is read this often. */
export const detailsEveryMs = 120_000;
/** Where a part failed for a reason that may pass by itself, all are read again after this. */
const retryMs = 15_000;
const mostBytes = 16 * 1024 * 1024;

/** What one read has at hand. */
export interface Asking {
  readonly target: HttpTarget;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told of each part that could not be read. */
  readonly onFailed?: (failure: Failure) => void;
}

/** How one kind of service is read: what is asked every time, what now and then, and what it means. */
export interface HttpService<Essential, Details> {
  readonly openTarget: () => Promise<HttpTarget>;
  /** Few requests; `known` is what was found out earlier. Throws OpsError when the service does not work. */
  readonly readEssential: (asking: Asking, known: Details | undefined) => Promise<Essential>;
  /** Throws nothing: each part says by itself how it went. `known` is undefined where all is to be read anew. */
  readonly readDetails: (asking: Asking, essential: Essential, known: Details | undefined) => Promise<Details>;
  /** What of the details is wanted at every read at present; the rest as it was. Throws nothing. */
  readonly renewDetails?: (asking: Asking, known: Details) => Promise<Details>;
  /** When this changes, the details are read at once. */
  readonly changeMark?: (essential: Essential) => string;
  readonly report: (sample: HttpSample<Essential, Details>) => ServiceReport;
}

export interface HttpSample<Essential, Details> {
  readonly essential: Essential;
  readonly details: Details;
  /** `prometheus:9090` */
  readonly address: string;
  /** Of the essential part. */
  readonly tookMs: number;
  readonly readAtMs: number;
}

interface Known<Details> {
  readonly details: Details;
  readonly dueMs: number;
  readonly mark: string;
}

/** Reads one HTTP service again and again over connections that are kept. */
export class HttpProbe<Essential, Details> implements ServiceProbe {
  readonly #service: HttpService<Essential, Details>;
  readonly #clock: Clock;
  #target: HttpTarget | undefined;
  #known: Known<Details> | undefined;

  constructor(service: HttpService<Essential, Details>, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  async read(signal: AbortSignal, fresh: boolean): Promise<ServiceReport> {
    const clock = this.#clock;
    const target = await this.#open(signal);
    const asking = { target, signal, clock };
    const startedMs = clock.monotonicMs();
    const essential = await this.#service.readEssential(asking, this.#known?.details);
    const tookMs = clock.monotonicMs() - startedMs;
    const details = await this.#details(asking, essential, fresh);
    const address = new URL(target.baseUrl).host;
    return this.#service.report({ essential, details, address, tookMs, readAtMs: clock.wallMs() });
  }

  close(): void {
    this.#target?.close();
    this.#target = undefined;
    this.#known = undefined;
  }

  async #open(signal: AbortSignal): Promise<HttpTarget> {
    if (this.#target) return this.#target;
    const target = await this.#service.openTarget();
    // Closed meanwhile: it was opened with what may be old secrets.
    if (signal.aborted) {
      target.close();
      throw new OpsError('cancelled', 'Cancelled.');
    }
    return (this.#target = target);
  }

  async #details(asking: Asking, essential: Essential, fresh: boolean): Promise<Details> {
    const nowMs = this.#clock.monotonicMs();
    const mark = this.#service.changeMark?.(essential) ?? '';
    const known = this.#known;
    if (known && !fresh && known.mark === mark && nowMs < known.dueMs) return this.#renewed(asking, known);
    let passing = false;
    const onFailed = ({ code }: Failure): void => {
      if (code !== 'permission' && code !== 'authentication') passing = true;
    };
    const details = await this.#service.readDetails(
      { ...asking, onFailed },
      essential,
      fresh ? undefined : known?.details,
    );
    const dueMs = nowMs + (passing ? retryMs : detailsEveryMs);
    // Half of what a cancelled read brought may be missing only because it was cancelled.
    if (!asking.signal.aborted) this.#known = { details, dueMs, mark };
    return details;
  }

  async #renewed(asking: Asking, known: Known<Details>): Promise<Details> {
    const details = (await this.#service.renewDetails?.(asking, known.details)) ?? known.details;
    if (!asking.signal.aborted) this.#known = { ...known, details };
    return details;
  }
}

/** Reads a part; `undefined` means that the server does not offer it. */
export async function readPart<T>({ clock, onFailed }: Asking, work: () => Promise<T | undefined>): Promise<Part<T>> {
  try {
    const value = await work();
    return value === undefined ? { kind: 'notOffered' } : { kind: 'value', value, readAtMs: clock.wallMs() };
  } catch (error) {
    const failure = failureOf(error);
    onFailed?.(failure);
    return { kind: 'failed', failure };
  }
}

/** The part as it was read before, unless that is older than `keepMs`, or failed. */
export function keepPart<T>(
  asking: Asking,
  known: Part<T> | undefined,
  keepMs: number,
  work: () => Promise<T | undefined>,
): Promise<Part<T>> {
  const isYoung = known?.kind === 'value' && asking.clock.wallMs() - known.readAtMs < keepMs;
  return isYoung ? Promise.resolve(known) : readPart(asking, work);
}

/** GETs a text; undefined where the server has no such address. Throws OpsError for every other status but 2xx. */
export async function askText({ target, signal }: Asking, path: string): Promise<string | undefined> {
  const answer = await getText(target, path, signal, {
    timeoutMs: requestTimeoutMs,
    maxBytes: mostBytes,
    isLarge: true,
  });
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  if (isNotOffered(answer)) return undefined;
  throw statusError(target, path, answer);
}

/** GETs JSON of this shape; undefined where the server has no such address. Throws OpsError for anything else. */
export async function askJson<T>(asking: Asking, path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
  const body = await askText(asking, path);
  if (body === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (at ${issue.path.join('.')})`;
  throw new OpsError('protocol', `${placeOf(asking.target, path)} answered with something unexpected${where}.`, {
    cause: parsed.error,
    next: 'Check the address in the environment.',
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** VictoriaMetrics says 400 to an address it does not know. */
function isNotOffered({ status, body }: HttpAnswer): boolean {
  return [404, 405, 501].includes(status) || (status === 400 && body.includes('unsupported path requested'));
}

/** What a status other than 2xx means, with the server's own words where it has any. */
export function statusError(target: HttpTarget, path: string, answer: HttpAnswer): OpsError {
  const { status } = answer;
  const place = placeOf(target, path);
  const words = wordsOf(answer, target.secrets);
  const said = words === '' ? '' : ` It said: ${words}`;
  if (status === 401) {
    return new OpsError('authentication', `${place} does not accept the login (HTTP 401).${said}`, {
      next: 'Check user, token or key; “Cache Ops: Set or Allow Secret…” asks for it again.',
    });
  }
  if (status === 403) {
    return new OpsError('permission', `${place} may not be read with this login (HTTP 403).${said}`, {
      next: 'Give the user or key the right to read it.',
    });
  }
  if (status === 429 || status === 503)
    return new OpsError('busy', `${place} is not ready (HTTP ${status}).${said}`, { next: 'It will be asked again.' });
  if (status === 408 || status === 504) return new OpsError('timedOut', `${place} gave up (HTTP ${status}).${said}`);
  return new OpsError('protocol', `${place} answered HTTP ${status}.${said}`);
}

function placeOf({ baseUrl }: HttpTarget, path: string): string {
  const { host, pathname } = new URL(baseUrl + path);
  return `${host}${pathname}`;
}

/** The server's explanation on one line, at most 200 characters; '' for a page. */
function wordsOf({ body }: HttpAnswer, secrets: readonly string[]): string {
  const parsed = z
    .union([
      z.object({ status: z.object({ error: z.string() }) }),
      z.object({ error: z.string() }),
      z.object({ message: z.string() }),
    ])
    .safeParse(parseJson(body));
  const text = parsed.success ? explanationOf(parsed.data) : /^\s*[<{[]/.test(body) ? '' : body;
  return redact(text, secrets).replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}

function explanationOf(data: { status: { error: string } } | { error: string } | { message: string }): string {
  if ('status' in data) return data.status.error;
  return 'error' in data ? data.error : data.message;
}
