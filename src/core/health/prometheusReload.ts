import { formatDuration } from '../format.ts';
import type { Part } from './monitorParts.ts';
import { readingsOf } from './monitorParts.ts';
import type { Reading } from './reading.ts';

/** What runtime information says of the last reload. */
export interface LoadedConfiguration {
  readonly succeeded: boolean;
  /** When the configuration in force was loaded, in whole seconds (RFC 3339). */
  readonly at: string | undefined;
}

/** A file that Prometheus reads, on this machine. */
export interface WrittenFile {
  /** As the settings name it. */
  readonly path: string;
  /** Wall clock, ms since 1970; undefined where the file cannot be looked at. */
  readonly writtenAtMs: number | undefined;
}

const names = { id: 'reload', label: 'Configuration' };

/** Whether what is in force is what was written: of `files` each that was written later than it was loaded is said. */
export function reloadReadings(
  part: Part<LoadedConfiguration>,
  files: readonly WrittenFile[],
  nowMs: number,
): readonly Reading[] {
  return [
    ...readingsOf(part, names, ({ succeeded, at }) => {
      const atMs = at === undefined ? Number.NaN : Date.parse(at);
      const since = Number.isNaN(atMs) ? '' : ` ${formatDuration(nowMs - atMs)} ago`;
      if (!succeeded) {
        const detail = `The last reload failed: the configuration of${since === '' ? ' before' : since} is still in force. Check it with promtool.`;
        return [{ ...names, value: 'reload failed', state: 'degraded', detail }];
      }
      const changed = files.filter(({ writtenAtMs }) => isLater(writtenAtMs, atMs)).map(({ path }) => path);
      if (changed.length > 0) {
        const detail = `Written after the configuration in force was loaded${since}: ${changed.join(', ')}. "Reload Prometheus…" loads it.`;
        return [{ ...names, value: 'changed on disk, reload needed', state: 'degraded', detail }];
      }
      const rule = files.length === 0 ? '' : ' Degraded when one of prometheus.files was written later.';
      return [{ ...names, value: `loaded${since}`, state: 'healthy', detail: `Runtime information.${rule}` }];
    }),
    ...files
      .filter(({ writtenAtMs }) => writtenAtMs === undefined)
      .map(({ path }): Reading => {
        const detail =
          'Whether it was changed since it was loaded is not known. Check prometheus.files of the environment.';
        return { id: `file/${path}`, label: path, value: 'could not be read', state: 'unknown', detail };
      }),
  ];
}

/** The time of loading is told in whole seconds: what was written within that second may have been loaded. */
function isLater(writtenAtMs: number | undefined, loadedAtMs: number): boolean {
  return writtenAtMs !== undefined && writtenAtMs >= loadedAtMs + 1000;
}
