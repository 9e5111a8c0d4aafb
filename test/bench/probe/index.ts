import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';

/**
 * Runs in the extension host: writes the milliseconds from the start of the host's process until every extension that
 * activates at start-up is active, and when it began to look.
 */
export async function run(): Promise<void> {
  const lookedMs = performance.now();
  const atStartup = vscode.extensions.all.filter(startsByItself);
  const deadline = lookedMs + 30_000;
  while (!atStartup.every((extension) => extension.isActive)) {
    if (performance.now() > deadline) throw new Error('Some extension did not activate.');
    await pause(1);
  }
  const startMs = performance.now();
  const { user, system } = process.cpuUsage();
  writeFileSync(
    process.env['CACHE_OPS_BENCH_START'] ?? '',
    JSON.stringify({ startMs, lookedMs, cpuMs: (user + system) / 1000 }),
  );
}

function startsByItself({ packageJSON }: vscode.Extension<unknown>): boolean {
  const events: unknown = packageJSON.activationEvents;
  return Array.isArray(events) && events.some((event) => event === '*' || event === 'onStartupFinished');
}
