import * as vscode from 'vscode';
import type { Retention } from '../core/backup/backups.ts';
import { settings } from './ids.ts';

/**
 * The plain settings, each read safely: a value of the wrong kind, or out of the bounds that package.json states, is as if
 * it were not there. `resource` is the document or folder that a setting is asked for.
 */
export const configuration = {
  intervalMs: (): number => numberOf(settings.intervalSeconds, { fallback: 5, least: 1, most: 3600 }) * 1000,
  timeLimitMs: (resource: vscode.Uri): number =>
    numberOf(settings.timeLimitMinutes, { fallback: 30, least: 0.1, most: 10_080 }, resource) * 60_000,
  showStatusBar: (): boolean => valueOf(settings.statusBar) !== false,
  tickOnPass: (resource: vscode.Uri): boolean => valueOf(settings.tickOnPass, resource) === true,
  /** Path of bash; undefined: the one in PATH. */
  bash(resource: vscode.Uri): string | undefined {
    const path = valueOf(settings.bash, resource);
    return typeof path === 'string' && path !== '' ? path : undefined;
  },
  /** Below the workspace folder, with forward slashes. */
  journalFolder(folder: vscode.Uri): string {
    const path = valueOf(settings.journalFolder, folder);
    return typeof path === 'string' && /^(?![/\\])(?!.*\.\.)(?![A-Za-z]:).+$/.test(path) ? path : 'monitoring/journal';
  },
  /** Below the workspace folder, or absolute. */
  backupFolder(folder: vscode.Uri): string {
    const path = valueOf(settings.backupFolder, folder);
    return typeof path === 'string' && path.trim() !== '' ? path : 'backups';
  },
  keptBackups: (folder: vscode.Uri): Retention => ({
    count: Math.floor(numberOf(settings.backupCount, { fallback: 10, least: 0, most: 10_000 }, folder)),
    days: numberOf(settings.backupDays, { fallback: 30, least: 0, most: 36_500 }, folder),
  }),
  checklists(resource: vscode.Uri): readonly string[] {
    const globs = valueOf(settings.checklists, resource);
    return Array.isArray(globs) ? globs.filter((glob) => typeof glob === 'string' && glob !== '') : [];
  },
} as const;

interface Bounds {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

function numberOf(key: string, { fallback, least, most }: Bounds, resource?: vscode.Uri): number {
  const value = valueOf(key, resource);
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : fallback;
}

function valueOf(key: string, resource?: vscode.Uri): unknown {
  return vscode.workspace.getConfiguration(settings.section, resource).get(key);
}
