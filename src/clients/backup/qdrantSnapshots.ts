import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { OpsError } from '../../core/errors.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type { HttpAnswer, HttpMessage, HttpTarget } from '../http.ts';
import { getText, sendText } from '../http.ts';
import { parseJson, statusError } from '../httpProbe.ts';
import { downloadFile, uploadFile } from '../httpStream.ts';
import type { Downloaded, StreamOptions } from '../httpStream.ts';
import { identifyQdrant } from '../qdrantIdentity.ts';
import { collectionAnswer, listAnswer, rootAnswer, snapshotsAnswer } from '../qdrantAnswers.ts';
import type { Collection, Snapshot } from '../../core/health/qdrantModel.ts';

/** Large collections take long to be saved and to be put back. */
const longTimeoutMs = 60 * 60_000;
/** The server names snapshots to the second, and one of the same name replaces the other. */
const spacingMs = 1_100;

const created = z.pipe(
  z.object({
    result: z.object({ name: z.string(), size: z.number(), checksum: z.optional(z.nullable(z.string())) }),
  }),
  z.transform(({ result }) => ({
    name: result.name,
    bytes: result.size,
    sha256: result.checksum?.toLowerCase() ?? undefined,
  })),
);
const counted = z.pipe(
  z.object({ result: z.object({ count: z.number() }) }),
  z.transform(({ result }) => result.count),
);
const systemMemory = z.pipe(
  z.object({
    result: z.object({
      app: z.optional(z.nullable(z.object({ system: z.optional(z.nullable(z.object({ ram_size: z.number() }))) }))),
      memory: z.optional(z.nullable(z.object({ resident_bytes: z.number() }))),
    }),
  }),
  z.transform(({ result }) => ({
    // Told in kilobytes.
    totalBytes: result.app?.system ? result.app.system.ram_size * 1024 : undefined,
    residentBytes: result.memory?.resident_bytes,
  })),
);

export type CreatedSnapshot = z.output<typeof created>;

/** What a Qdrant does for backups, over its REST interface. Every method throws OpsError. */
export class QdrantSnapshots {
  readonly #target: HttpTarget;
  #createdAtMs = -Infinity;

  constructor(target: HttpTarget) {
    this.#target = target;
  }

  /** `qdrant:6333` */
  get address(): string {
    return new URL(this.#target.baseUrl).host;
  }

  identify(signal: AbortSignal): Promise<ServiceIdentity> {
    return identifyQdrant(this.#target, signal);
  }

  version(signal: AbortSignal): Promise<string> {
    return this.#read('/', rootAnswer, signal);
  }

  collections(signal: AbortSignal): Promise<readonly string[]> {
    return this.#read('/collections', listAnswer, signal);
  }

  /** Undefined where there is none of that name. */
  async collection(name: string, signal: AbortSignal): Promise<Collection | undefined> {
    const path = pathOf(name);
    const answer = await getText(this.#target, path, signal);
    return answer.status === 404 ? undefined : this.#parse(path, answer, collectionAnswer);
  }

  count(name: string, signal: AbortSignal): Promise<number> {
    const message = { method: 'POST', body: '{"exact":true}', headers: json } as const;
    return this.#send(`${pathOf(name)}/points/count`, message, counted, signal);
  }

  list(name: string, signal: AbortSignal): Promise<readonly Snapshot[]> {
    return this.#read(`${pathOf(name)}/snapshots`, snapshotsAnswer, signal);
  }

  /** Waits until it is there; a second after the one before, and seen in the list. */
  async create(name: string, signal: AbortSignal): Promise<CreatedSnapshot> {
    const early = this.#createdAtMs + spacingMs - performance.now();
    if (early > 0) await wait(early, undefined, { signal });
    const made = await this.#send(`${pathOf(name)}/snapshots?wait=true`, { method: 'POST' }, created, signal);
    this.#createdAtMs = performance.now();
    const listed = await this.list(name, signal);
    if (listed.some((one) => one.name === made.name)) return made;
    throw new OpsError('protocol', `${this.address} made the snapshot ${made.name}, but does not list it.`, {
      next: 'Another snapshot of the same second may have taken its place: try again.',
    });
  }

  async download(name: string, snapshot: string, file: string, options: StreamOptions): Promise<Downloaded> {
    const path = `${pathOf(name)}/snapshots/${encodeURIComponent(snapshot)}`;
    const got = await downloadFile(this.#target, path, file, options);
    if ('sha256' in got) return got;
    throw statusError(this.#target, path, got);
  }

  async remove(name: string, snapshot: string, signal: AbortSignal): Promise<void> {
    const path = `${pathOf(name)}/snapshots/${encodeURIComponent(snapshot)}?wait=true`;
    await this.#send(path, { method: 'DELETE' }, z.unknown(), signal);
  }

  /** Makes the collection what the file says; a collection that is missing is created. */
  async restore(
    name: string,
    { path, bytes, sha256 }: { readonly path: string; readonly bytes: number; readonly sha256: string },
    options: StreamOptions,
  ): Promise<void> {
    // Without the priority, server and documentation differ in what they take: with `replica` nothing would be restored.
    const to = `${pathOf(name)}/snapshots/upload?wait=true&priority=snapshot&checksum=${sha256}`;
    const file = { name: 'snapshot', file: path, bytes };
    const answer = await uploadFile(this.#target, to, file, { ...options, timeoutMs: longTimeoutMs });
    if (answer.status !== 200) throw statusError(this.#target, to.replace(/\?.*/, ''), answer);
  }

  async removeCollection(name: string, signal: AbortSignal): Promise<void> {
    await this.#send(`${pathOf(name)}?timeout=60`, { method: 'DELETE' }, z.unknown(), signal);
  }

  /** Of the machine it runs on; undefined is not told, or not to this user. */
  async memory(signal: AbortSignal): Promise<z.output<typeof systemMemory> | undefined> {
    const answer = await getText(this.#target, '/telemetry?details_level=2', signal);
    if (answer.status !== 200) return undefined;
    const parsed = systemMemory.safeParse(parseJson(answer.body));
    return parsed.success ? parsed.data : undefined;
  }

  close(): void {
    this.#target.close();
  }

  async #read<T>(path: string, schema: z.ZodMiniType<T>, signal: AbortSignal): Promise<T> {
    return this.#parse(path, await getText(this.#target, path, signal), schema);
  }

  async #send<T>(path: string, message: HttpMessage, schema: z.ZodMiniType<T>, signal: AbortSignal): Promise<T> {
    const answer = await sendText(this.#target, path, message, signal, { timeoutMs: longTimeoutMs });
    return this.#parse(path, answer, schema);
  }

  #parse<T>(path: string, answer: HttpAnswer, schema: z.ZodMiniType<T>): T {
    if (answer.status !== 200) throw statusError(this.#target, path.replace(/\?.*/, ''), answer);
    const parsed = schema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    throw new OpsError('protocol', `${this.address} answered ${path} with something unexpected.`, {
      cause: parsed.error,
    });
  }
}

const json = { 'content-type': 'application/json' };

function pathOf(collection: string): string {
  return `/collections/${encodeURIComponent(collection)}`;
}
