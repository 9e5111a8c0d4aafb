/** What the script tells about its own progress. `number` counts statements from 1; `atUs` is bash's clock in microseconds, undefined where it has none. */
export type ControlMessage =
  | { readonly kind: 'started'; readonly number: number; readonly atUs: number | undefined }
  | { readonly kind: 'ended'; readonly number: number; readonly exitCode: number; readonly atUs: number | undefined }
  /** The shell ends before the script does. */
  | { readonly kind: 'exiting'; readonly exitCode: number; readonly atUs: number | undefined }
  /** The script came to its end. */
  | { readonly kind: 'done' }
  /** The state of the block before could not be restored; nothing was run. */
  | { readonly kind: 'stateLost' };

/** One line of the control channel; undefined for what is none of ours. */
export function parseControlMessage(line: string): ControlMessage | undefined {
  const [kind, first = '', second = '', third = ''] = line.split(' ');
  switch (kind) {
    case 'started':
      return isWhole(first) ? { kind, number: Number(first), atUs: microseconds(second) } : undefined;
    case 'ended':
      if (!isWhole(first) || !isWhole(second)) return undefined;
      return { kind, number: Number(first), exitCode: Number(second), atUs: microseconds(third) };
    case 'exiting':
      return isWhole(first) ? { kind, exitCode: Number(first), atUs: microseconds(second) } : undefined;
    case 'done':
    case 'stateLost':
      return { kind };
    default:
      return undefined;
  }
}

function isWhole(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

/** `$EPOCHREALTIME`: seconds with six decimals, after a point or, in some locales, a comma. */
function microseconds(text: string): number | undefined {
  return /^\d+[.,]\d{6}$/.test(text) ? Number(text.replace(/[.,]/, '')) : undefined;
}
