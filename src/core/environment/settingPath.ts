/** A place below `cacheOps.environments`: `['staging', 'redis', 'url']`. */
export type SettingPath = readonly (string | number)[];

export const settingName = 'cacheOps.environments';

/** The path as a person reads it: `cacheOps.environments.staging.redis.url`, `cacheOps.environments["eu prod"].files[0]`. */
export function formatPath(path: SettingPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return /^[\w-]+$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`;
  }, settingName);
}

/** What a raw value holds at the path; undefined where there is nothing. */
export function valueAt(raw: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return Object.entries(value).find(([own]) => own === String(key))?.[1];
  }, raw);
}

/** Every text in a raw value, with its path. */
export function* textsIn(raw: unknown, path: SettingPath = []): Generator<readonly [path: SettingPath, text: string]> {
  if (typeof raw === 'string') yield [path, raw];
  if (typeof raw !== 'object' || raw === null) return;
  for (const [key, value] of Object.entries(raw))
    yield* textsIn(value, [...path, Array.isArray(raw) ? Number(key) : key]);
}
