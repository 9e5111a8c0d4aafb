import type { EnvironmentSettings } from './schema.ts';

export type Tier = 'development' | 'staging' | 'production';

/**
 * A named, validated description of everything one deployment of the cache consists of. Immutable: nodes, panels and
 * operations capture it, so switching environments never redirects work already begun.
 */
export interface Environment {
  /** Unique in the window and stable across restarts: folder URI (or "user") and name. */
  readonly id: string;
  readonly name: string;
  /** URI of the workspace folder it belongs to; undefined when it comes from the user's settings. */
  readonly folder: string | undefined;
  readonly tier: Tier;
  /** Whether the settings say so, or it was assumed: no tier and a non-local host count as production. */
  readonly tierOrigin: 'configured' | 'assumed';
  readonly settings: EnvironmentSettings;
}

/** A fault in the settings: where (path below `cacheOps.environments`), what is there, what was expected. */
export interface SettingProblem {
  /** Below `cacheOps.environments`: `['staging', 'redis', 'url']`. */
  readonly path: readonly (string | number)[];
  /** A whole sentence that names path, value (never a secret's) and what was expected. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly code: 'unknownKey' | 'wrongType' | 'invalidValue' | 'missing' | 'clearTextSecret' | 'duplicateName';
}

/** What one configuration scope holds: what is usable, what is not, and all that is wrong with either. */
export interface EnvironmentSet {
  readonly environments: readonly Environment[];
  /** Names of environments with an error; listed in the tree with their problems, never connected to. */
  readonly invalid: readonly { readonly name: string; readonly problems: readonly SettingProblem[] }[];
  readonly problems: readonly SettingProblem[];
}
