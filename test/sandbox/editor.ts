import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageExtension } from '../package/vsix.ts';
import { ensureProgram, findInPath, step } from './install.ts';
import type { Report } from './install.ts';
import { run } from './install/cache.mjs';
import { assertPortFree, chooseUsualPort } from './ports.ts';
import { codeServerVersions, ensureVsCode, startCodeServer } from './vscode.ts';

const USUAL_PORT = 8300;

export interface EditorOptions {
  /** Of the extension: the checkout. */
  readonly root: string;
  /** For its settings and state; kept from one start to the next. */
  readonly folder: string;
  readonly workspace: string;
  /** Set for the editor, and so for the extension. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the address in the browser; default: 8300 where it is free. */
  readonly port: number | undefined;
  readonly report: Report;
}

export interface Editor {
  /** Where to look, as a sentence. */
  readonly where: string;
  stop(): Promise<void>;
}

/** How the editor will be opened here: desktop VS Code where there is one and a screen, else a browser's. */
export interface EditorKind {
  /** Installs and builds what it takes. */
  prepare(root: string, folder: string, report: Report): Promise<void>;
  open(options: EditorOptions): Promise<Editor>;
}

export async function chooseEditor(): Promise<EditorKind> {
  const code = hasScreen() ? await findInPath(['code']) : undefined;
  return code === undefined ? inBrowser : onDesktop(code);
}

/** In a terminal of a remote VS Code, `code` is another program, which cannot load an extension from its folder. */
function hasScreen(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI } = process.env;
  return VSCODE_IPC_HOOK_CLI === undefined && (process.platform === 'darwin' || Boolean(DISPLAY ?? WAYLAND_DISPLAY));
}

function onDesktop(code: string): EditorKind {
  return {
    prepare: (root, _folder, report) => build(root, report),
    open: async ({ root, folder, workspace, variables }) => {
      const own = ['--user-data-dir', join(folder, 'vscode-desktop'), '--disable-workspace-trust', '--new-window'];
      await run(code, [`--extensionDevelopmentPath=${root}`, ...own, workspace], {
        env: { ...process.env, ...variables },
      });
      return { where: 'VS Code has opened a window of its own; close it when you are done.', stop: async () => {} };
    },
  };
}

export const inBrowser: EditorKind = {
  prepare: async (root, folder, report) => {
    await Promise.all([ensureVsCode(codeServerVersions.current, report), ensureProgram('curl', report)]);
    await build(root, report);
    await mkdir(folder, { recursive: true });
    await step(report, 'Packaging the extension', () => packageExtension(vsixIn(folder)));
  },
  open: async ({ folder, workspace, variables, port, report }) => {
    if (port !== undefined) await assertPortFree(port, 'the editor');
    const server = await step(report, 'Starting VS Code', async () =>
      startCodeServer({
        workspace,
        vsix: [vsixIn(folder)],
        dataFolder: join(folder, 'vscode'),
        port: port ?? (await chooseUsualPort(USUAL_PORT, 'the editor', report)),
        trusted: true,
        environment: variables,
      }),
    );
    return { where: `VS Code is at ${server.url}`, stop: () => server.stop() };
  },
};

/** Where `prepare` puts the packaged extension. */
export function vsixIn(folder: string): string {
  return join(folder, 'cache-ops.vsix');
}

async function build(root: string, report: Report): Promise<void> {
  await step(report, 'Building the extension', () => run(process.execPath, [join(root, 'esbuild.mjs')], { cwd: root }));
}
