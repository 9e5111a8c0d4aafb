const byteFactors: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

const msFactors: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export const ratioPattern = /^(100(\.0+)?|\d{1,2}(\.\d+)?) ?%$/;
export const bytesPattern = /^\d+(\.\d+)? ?([KkMmGgTt]i?)?[Bb]$/;
export const durationPattern = /^\d+(\.\d+)? ?(ms|s|min|m|h|d)$/;

/** `"60%"` → 0.6. The text matches `ratioPattern`. */
export function parseRatio(text: string): number {
  // Through toPrecision, so that 0.07 does not become 0.07000000000000001.
  return Number((Number.parseFloat(text) / 100).toPrecision(12));
}

/** `"500MB"` → bytes, counting as Redis does: 1 MB is 1024 × 1024 bytes, `MiB` the same. The text matches `bytesPattern`. */
export function parseBytes(text: string): number {
  const unit = /[kmgt]/.exec(text.toLowerCase())?.[0] ?? '';
  return Math.round(Number.parseFloat(text) * (byteFactors[unit] ?? 1));
}

/** `"200ms"`, `"1.5 s"`, `"15m"` → milliseconds. The text matches `durationPattern`. */
export function parseDurationMs(text: string): number {
  const unit = /[a-z]+$/.exec(text)?.[0] ?? 'ms';
  return Number.parseFloat(text) * (msFactors[unit] ?? 1);
}
