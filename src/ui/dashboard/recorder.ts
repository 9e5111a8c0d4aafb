import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readOwnFile, writeOwnFile } from '../../clients/wholeFile.ts';
import { lastHourLine } from '../../core/dashboard/glance.ts';
import { applicationPoll, Recording, redisPoll, writesPoll } from '../../core/dashboard/recording.ts';
import type { Disposable } from '../../core/disposable.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Fleet } from '../../core/health/fleet.ts';

/** So much of a recording may be lost when the editor dies. */
const saveEveryMs = 5 * 60_000;

/** Keeps what the monitors read of each environment, in a file of bounded size for each, across restarts. */
export class Recorder implements Disposable {
  readonly #folder: string;
  readonly #fleet: Fleet;
  readonly #onFailure: (error: unknown) => void;
  readonly #recordings = new Map<string, { readonly recording: Recording; readonly file: string; savedMs: number }>();

  constructor(folder: string, fleet: Fleet, onFailure: (error: unknown) => void) {
    this.#folder = folder;
    this.#fleet = fleet;
    this.#onFailure = onFailure;
  }

  recordingOf(environment: Environment): Recording {
    return this.#open(environment).recording;
  }

  /** The hit rate of the last hour in a line; undefined while too little of it is known. */
  lastHour(environment: Environment): string | undefined {
    const { settings } = environment;
    return lastHourLine({ settings, recording: this.recordingOf(environment) }, Date.now());
  }

  /** To be called when something of the environment was read. */
  record(environment: Environment): void {
    const open = this.#open(environment);
    const sample = this.#fleet.redisOf(environment)?.sample;
    if (sample) open.recording.add(redisPoll(sample));
    const writes = sample && writesPoll(sample);
    if (writes) open.recording.add(writes);
    const qdrant = this.#fleet.monitorOf(environment, 'qdrant')?.report;
    if (qdrant?.amounts && qdrant.readAtMs !== undefined && !qdrant.failure)
      open.recording.add({ service: 'qdrant', atMs: qdrant.readAtMs, run: '', counters: {}, gauges: qdrant.amounts });
    const rates = this.#fleet.monitorOf(environment, 'application')?.report?.hitRates ?? [];
    const application = applicationPoll(rates);
    if (application) open.recording.add(application);
    if (performance.now() - open.savedMs >= saveEveryMs) this.#save(open);
  }

  dispose(): void {
    for (const open of this.#recordings.values()) this.#save(open);
  }

  #open(environment: Environment) {
    const known = this.#recordings.get(environment.id);
    if (known) return known;
    // The id holds the folder's address, which is no file name.
    const name = createHash('sha256').update(environment.id).digest('hex').slice(0, 24);
    const file = join(this.#folder, `${name}.json`);
    const text = readOwnFile(file);
    const recording = (text === undefined ? undefined : Recording.parse(text)) ?? Recording.empty();
    const opened = { recording, file, savedMs: performance.now() };
    this.#recordings.set(environment.id, opened);
    return opened;
  }

  #save(open: { readonly recording: Recording; readonly file: string; savedMs: number }): void {
    open.savedMs = performance.now();
    if (!open.recording.changed) return;
    try {
      writeOwnFile(open.file, open.recording.toText());
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
