const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Binary units, as Redis itself counts: 1,536 → `1.5 KB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[unit]}`;
}

/** Making one takes long, and counts are in every reading. */
const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,234,567`, the same in every locale, so that a screenshot and a log agree. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 replica`, `1,234 replicas`. */
export function formatCountOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 0.8346 → `83.5 %`. Never rounds up to 100 % or down to 0 % what is not. */
export function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  const rounded = Math.round(percent * 10) / 10;
  if (rounded === 100 && ratio < 1) return '> 99.9 %';
  if (rounded === 0 && ratio > 0) return '< 0.1 %';
  return `${rounded.toFixed(rounded === 100 || rounded === 0 ? 0 : 1)} %`;
}

/** The two largest units that matter: `3 d 4 h`, `2 min 5 s`, `12 s`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** `0.34 ms`, `12 ms`. */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(0)} ms`;
}

/** Local time of day with seconds, the date before it when it is not today's: `14:03:22`. */
export function formatTime(wallMs: number, nowWallMs: number): string {
  const at = new Date(wallMs);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const sameDay = at.toDateString() === new Date(nowWallMs).toDateString();
  return sameDay ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
