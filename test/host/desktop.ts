import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import manifest from '../../package.json' with { type: 'json' };
import { explain } from '../../src/core/errors.ts';
import { codeServerVersions } from '../sandbox/vscode.ts';
import type { CodeServerVersion } from '../sandbox/vscode.ts';
import type { HostLaunch } from './run.ts';

/** The oldest VS Code that package.json promises. */
const floor = manifest.engines.vscode.replace('^', '');
const downloads = 'https://update.code.visualstudio.com/api/releases/stable';

/**
 * Where the host tests run: CACHE_OPS_VSCODE says desktop or server; else a desktop VS Code where there is a display
 * and it can be downloaded, and the VS Code server otherwise.
 */
export async function chooseVsCode(): Promise<'desktop' | 'server'> {
  const wish = process.env['CACHE_OPS_VSCODE'];
  if (wish === 'desktop' || wish === 'server') return wish;
  if (wish !== undefined) throw new Error(`CACHE_OPS_VSCODE is "${wish}"; it can be desktop or server.`);
  if (process.platform === 'linux' && process.env['DISPLAY'] === undefined) return 'server';
  const answer = await fetch(downloads, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
  return answer?.ok === true ? 'desktop' : 'server';
}

/** The same run through @vscode/test-electron, which downloads VS Code when it has to. */
export async function runOnDesktop(launch: HostLaunch, version: CodeServerVersion): Promise<readonly string[]> {
  try {
    await runTests({
      version: version === codeServerVersions.current ? 'stable' : floor,
      extensionDevelopmentPath: path.resolve(import.meta.dirname, '../..'),
      extensionTestsPath: launch.tests,
      extensionTestsEnv: launch.environment,
      launchArgs: [
        launch.workspace,
        `--user-data-dir=${launch.dataFolder}`,
        '--disable-workspace-trust',
        '--disable-extensions',
      ],
    });
    return [];
  } catch (error) {
    // A failed test is in the records; this is for a VS Code that did not start.
    return [explain(error)];
  }
}
