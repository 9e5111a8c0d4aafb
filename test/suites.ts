import { rm } from 'node:fs/promises';
import path from 'node:path';
import { chooseVsCode } from './host/desktop.ts';
import { runHostTests } from './host/run.ts';
import { countRecords, listRecords, readRecords } from './results.ts';
import type { Counts } from './results.ts';
import { runProgram } from './runProgram.ts';
import { ensureProgram } from './sandbox/install.ts';
import type { Program, Report } from './sandbox/install.ts';
import { fetchVersions } from './sandbox/otherVersions.ts';
import { ensureQdrant } from './sandbox/qdrant.ts';
import { codeServerVersions, ensureVsCode } from './sandbox/vscode.ts';
import type { CodeServerVersion } from './sandbox/vscode.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Installs or builds something; throws when it cannot. */
export type Need = (report: Report) => Promise<unknown>;

/** One part of `npm test`. */
export interface Suite {
  readonly name: string;
  /** What must be installed before it runs; installed for all chosen suites at once. */
  readonly needs: readonly Need[];
  run(): Promise<Counts>;
}

async function build(): Promise<void> {
  const { ok, output } = await runProgram(process.execPath, ['esbuild.mjs'], { timeoutMs: 60_000 });
  if (!ok) throw new Error(`The extension could not be built (node esbuild.mjs):\n${output}`);
}

const program =
  (name: Program): Need =>
  (report) =>
    ensureProgram(name, report);
const vscodeOf =
  (version: CodeServerVersion): Need =>
  (report) =>
    ensureVsCode(version, report);

const redis = [program('redis-server'), program('redis-cli')];
const sandbox = [...redis, program('prometheus'), program('promtool'), program('curl'), ensureQdrant];
const chromium = program('chromium');
const vscode = vscodeOf(codeServerVersions.current);
const oldVsCode = vscodeOf(codeServerVersions.floor);
const window = [build, chromium, vscode];
const hostPlace = await chooseVsCode();
// A desktop VS Code is downloaded when it is started.
const hostNeeds = (server: Need): readonly Need[] =>
  hostPlace === 'desktop' ? [build, ...redis] : [build, ...redis, chromium, server];

/** In the order in which they run: what fails fastest comes first. */
export const suites: readonly Suite[] = [
  { name: 'check', needs: [], run: check },
  { name: 'unit', needs: [], run: () => mocha('unit', 5_000, 240) },
  { name: 'live', needs: [...sandbox, program('sshd'), fetchVersions], run: () => mocha('live', 20_000, 900) },
  // On a contributor's machine what takes long is left out; npm run truth holds it too.
  {
    name: 'truth',
    needs: sandbox,
    run: async () => (await import('./truth/holdAll.ts')).holdAll({ slow: process.env['CI'] === 'true' }),
  },
  {
    name: 'faults',
    needs: [...redis, program('curl'), ensureQdrant],
    run: () => mocha('faults', 20_000, 600),
  },
  { name: 'host', needs: hostNeeds(vscode), run: () => host('current') },
  {
    name: 'host-floor',
    needs: hostNeeds(oldVsCode),
    run: () => host('floor'),
  },
  { name: 'e2e', needs: [...redis, ...window], run: () => mocha('e2e', 60_000, 1_200) },
  { name: 'package', needs: window, run: () => mocha('package', 120_000, 240) },
];

/** Types, lint and format, side by side; each counts as one test. */
async function check(): Promise<Counts> {
  const tools = [
    ['tsc'],
    ['tsc', '-p', 'src/page'],
    ['oxlint', '--type-aware'],
    ['prettier', '--check', '--log-level', 'warn', '.'],
  ] as const;
  const results = await Promise.all(
    tools.map(async ([name, ...args]) => {
      const { ok, output } = await runProgram(path.join(root, 'node_modules', '.bin', name), args, {
        timeoutMs: 240_000,
      });
      const said = [name, ...args].join(' ');
      console.log(ok ? `  ✔ ${said}` : `  ✘ ${said}\n${output}`);
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
  const { records, complete, console: lines } = await runHostTests(hostPlace, codeServerVersions[which]);
  console.log(listRecords(records, complete));
  if (!complete) console.log(lines.slice(-40).join('\n'));
  return countRecords(records, complete);
}
