import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureDebianPackages, ensureNpmTool, findInPath, isDebian } from './install.ts';
import { run } from './install/cache.mjs';
import type { Report } from './install.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

/**
 * The npm package code-server carries the real VS Code server and workbench: 4.139.1 is VS Code 1.139. `floor` is the
 * oldest release that installs from npm alone.
 */
export const codeServerVersions = { current: '4.139.1', floor: '4.133.0' } as const;
export type CodeServerVersion = (typeof codeServerVersions)[keyof typeof codeServerVersions];

/** Settings that keep a window quiet: no welcome page, no assistant, dialogs drawn by the page. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.dialogStyle': 'custom',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export interface VsCodeOptions {
  readonly version: CodeServerVersion;
  /** Folder of the extension under development; undefined for a VS Code without it. */
  readonly extension: string | undefined;
  /** Folder or .code-workspace file to open; undefined for an empty window. */
  readonly workspace: string | undefined;
  /** Settings, state and logs of this VS Code; made when missing. */
  readonly dataFolder: string;
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Whether the workspace is trusted; when it is not, nothing asks. */
  readonly trusted: boolean;
  /** Added to the environment of the server, and so to the extension host's. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface VsCode extends ServerProcess {
  /** Address of a window; with `tests`, the extension host runs that module's `run()` and reports its verdict. */
  url(options?: { readonly tests?: string }): string;
}

/**
 * Installs the VS Code server into the user's cache unless it is there: 80 to 120 s the first time, most of it compiling.
 * Returns the folder of the package code-server.
 */
export async function ensureVsCode(version: CodeServerVersion, report: Report = () => {}): Promise<string> {
  if (isDebian()) await ensureDebianPackages(await compilerPackages(), report);
  const lockFolder = path.join(import.meta.dirname, 'code-server', version);
  const folder = await ensureNpmTool(`code-server-${version}`, lockFolder, {
    allowScripts: true,
    env: {
      npm_config_nodedir: path.dirname(path.dirname(process.execPath)),
      // Older releases refuse to run their install script as root without it.
      npm_config_unsafe_perm: 'true',
    },
    report,
  });
  return path.join(folder, 'node_modules', 'code-server');
}

/** What compiling the server's native parts needs; a compiler from elsewhere than Debian's packages will do. */
async function compilerPackages(): Promise<readonly string[]> {
  const programs = { 'g++': ['g++', 'c++'], make: ['make'], python3: ['python3'], 'pkg-config': ['pkg-config'] };
  const missing = ['libkrb5-dev', 'libsecret-1-dev'];
  for (const [name, commands] of Object.entries(programs))
    if ((await findInPath(commands)) === undefined) missing.push(name);
  return missing;
}

/**
 * Starts the VS Code server in development mode: `extension` is loaded from its folder, and tests can run in the
 * extension host. Two costs of that mode: no toasts are shown, and secrets last only until the window reloads.
 */
export async function startVsCode(options: VsCodeOptions): Promise<VsCode> {
  const codeServer = await ensureVsCode(options.version);
  await writeUserSettings(path.join(options.dataFolder, 'data'), options.userSettings);
  const main = path.join(codeServer, 'lib', 'vscode', 'out', 'server-main.js');
  return onPort(undefined, 'VS Code', async (port) => {
    const server = await startServerProcess({
      name: `VS Code server ${options.version}`,
      command: process.execPath,
      args: [main, ...serverArguments(port, options)],
      environment: { ...cleanEnvironment(), ...options.environment },
      readyUrl: `http://127.0.0.1:${port}/version`,
      readyTimeoutMs: 60_000,
    });
    return { ...server, url: ({ tests } = {}) => windowUrl(port, options, tests) };
  });
}

function serverArguments(port: number, options: VsCodeOptions): readonly string[] {
  return [
    '--host=127.0.0.1',
    `--port=${port}`,
    `--server-data-dir=${options.dataFolder}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    '--telemetry-level=off',
    '--enable-smoke-test-driver',
    ...(options.trusted ? ['--disable-workspace-trust'] : []),
  ];
}

function windowUrl(port: number, options: VsCodeOptions, tests: string | undefined): string {
  const remote = (file: string): string => `vscode-remote://localhost:${port}${file}`;
  const payload: (readonly [string, string])[] = [['skipWelcome', 'true']];
  if (options.extension !== undefined) payload.push(['extensionDevelopmentPath', remote(options.extension)]);
  if (tests !== undefined) payload.push(['extensionTestsPath', remote(tests)]);
  const url = new URL(`http://localhost:${port}/`);
  if (options.workspace === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set(options.workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', options.workspace);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

export interface CodeServerOptions {
  readonly workspace: string;
  /** Extension packages to install first. */
  readonly vsix: readonly string[];
  readonly dataFolder: string;
  /** A free one when undefined. */
  readonly port?: number;
  readonly userSettings?: Readonly<Record<string, unknown>>;
  readonly trusted?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
}

/** A whole VS Code in the browser, as people use it: with toasts, and with secrets kept over restarts. */
export async function startCodeServer(options: CodeServerOptions): Promise<ServerProcess & { readonly url: string }> {
  const entry = path.join(await ensureVsCode(codeServerVersions.current), 'out', 'node', 'entry.js');
  await writeUserSettings(options.dataFolder, options.userSettings);
  const folders = [
    '--user-data-dir',
    options.dataFolder,
    '--extensions-dir',
    path.join(options.dataFolder, 'extensions'),
  ];
  // Without a file of its own it would write one into the user's home.
  const common = [...folders, '--config', path.join(options.dataFolder, 'config.yaml')];
  const environment = { ...cleanEnvironment(), ...options.environment };
  for (const file of options.vsix)
    await run(process.execPath, [entry, ...common, '--install-extension', file, '--force'], { env: environment });
  return onPort(options.port, 'code-server', async (port) => {
    const server = await startServerProcess({
      name: 'code-server',
      command: process.execPath,
      args: [
        entry,
        ...common,
        '--auth=none',
        `--bind-addr=127.0.0.1:${port}`,
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-getting-started-override',
        ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
      ],
      environment,
      readyUrl: `http://127.0.0.1:${port}/healthz`,
      readyTimeoutMs: 60_000,
    });
    const folder = new URLSearchParams({ folder: options.workspace }).toString();
    return { ...server, url: `http://localhost:${port}/?${folder}` };
  });
}

async function writeUserSettings(folder: string, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const file = path.join(folder, 'User', 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...quietSettings, ...settings }, undefined, 2)}\n`);
}

/** Our own environment without what an editor around us has put there for its own children. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE|ELECTRON|CODE_SERVER)_/.test(name)),
  );
}
