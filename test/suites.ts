import { rm } from 'node:fs/promises';
import path from 'node:path';
import { chooseVsCode } from './host/desktop.ts';
import { runHostTests } from './host/run.ts';
import { countRecords, listRecords, readRecords } from './results.ts';
import type { Counts } from './results.ts';
import { runProgram } from './runProgram.ts';
import { ensureProgram } from './sandbox/install.ts';
import type { Report } from './sandbox/install.ts';
import { codeServerVersions, ensureVsCode } from './sandbox/vscode.ts';
import type { CodeServerVersion } from './sandbox/vscode.ts';

const root = path.resolve(import.meta.dirname, '..');

/** One part of `npm test`. */
export interface Suite {
  readonly name: string;
  /** What must be installed before it runs; installed for all chosen suites at once. */
  readonly needs: readonly ((report: Report) => Promise<unknown>)[];
  /** Whether dist/ must be built first. */
  readonly needsBuild: boolean;
  run(): Promise<Counts>;
}

const redis = (report: Report) => ensureProgram('redis-server', report);
const redisCli = (report: Report) => ensureProgram('redis-cli', report);
const chromium = (report: Report) => ensureProgram('chromium', report);
const vscode = (report: Report) => ensureVsCode(codeServerVersions.current, report);
const hostVsCode = (version: CodeServerVersion) => async (report: Report) =>
  (await chooseVsCode()) === 'server' && Promise.all([ensureVsCode(version, report), chromium(report)]);

/** In the order in which they run: what fails fastest comes first. */
export const suites: readonly Suite[] = [
  { name: 'check', needs: [], needsBuild: false, run: check },
  { name: 'unit', needs: [], needsBuild: false, run: () => mocha('unit', 5_000, 120) },
  { name: 'live', needs: [redis, redisCli], needsBuild: false, run: () => mocha('live', 20_000, 300) },
  {
    name: 'host',
    needs: [redis, hostVsCode(codeServerVersions.current)],
    needsBuild: true,
    run: () => host('current'),
  },
  {
    name: 'host-floor',
    needs: [redis, hostVsCode(codeServerVersions.floor)],
    needsBuild: true,
    run: () => host('floor'),
  },
  { name: 'e2e', needs: [redis, redisCli, chromium, vscode], needsBuild: true, run: () => mocha('e2e', 60_000, 480) },
  { name: 'package', needs: [chromium, vscode], needsBuild: true, run: () => mocha('package', 120_000, 240) },
];

/** Types, lint and format, side by side; each counts as one test. */
async function check(): Promise<Counts> {
  const tools = [['tsc'], ['oxlint', '--type-aware'], ['prettier', '--check', '--log-level', 'warn', '.']] as const;
  const results = await Promise.all(
    tools.map(async ([name, ...args]) => {
      const { ok, output } = await runProgram(path.join(root, 'node_modules', '.bin', name), args, {
        timeoutMs: 240_000,
      });
      console.log(ok ? `  ✔ ${name}` : `  ✘ ${name}\n${output}`);
      return ok;
    }),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

/** Runs test/<name> with mocha in a process of its own, which must end by itself. */
async function mocha(name: string, testTimeoutMs: number, limitSeconds: number): Promise<Counts> {
  const output = path.join(root, 'out', `${name}.jsonl`);
  await rm(output, { force: true });
  const args = [
    path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    `--reporter=${path.join(import.meta.dirname, 'reporter.ts')}`,
    `--reporter-option=output=${output}`,
    `--timeout=${testTimeoutMs}`,
    `test/${name}/**/*.test.ts`,
  ];
  const { ok, timedOut } = await runProgram(process.execPath, args, { timeoutMs: limitSeconds * 1000, show: true });
  const { records, complete } = await readRecords(output);
  const { passed, failed } = countRecords(records, complete);
  if (timedOut)
    console.log(
      `  test/${name} was stopped after ${limitSeconds} s${complete ? ': its tests were done, but something they started kept it alive' : ''}.`,
    );
  return { passed, failed: ok || failed > 0 ? failed : 1 };
}

async function host(which: keyof typeof codeServerVersions): Promise<Counts> {
  const { records, complete, console: lines } = await runHostTests(await chooseVsCode(), codeServerVersions[which]);
  console.log(listRecords(records, complete));
  if (!complete) console.log(lines.slice(-40).join('\n'));
  return countRecords(records, complete);
}
