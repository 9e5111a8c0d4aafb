import assert from 'node:assert/strict';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { writeWorkspaceSettings } from '../sandbox/workspace.ts';
import { DashboardPage } from './dashboardPage.ts';
import type { VsCodeWindow } from './window.ts';

/** Each with the class its pages get. */
const themes = {
  dark: ['Default Dark Modern', 'vscode-dark'],
  light: ['Default Light Modern', 'vscode-light'],
  'high-contrast': ['Default High Contrast', 'vscode-high-contrast'],
  'high-contrast-light': ['Default High Contrast Light', 'vscode-high-contrast-light'],
} as const;

/** Widths of the whole window, the side bar folded away for the narrow and the wide one. */
const sizes = {
  narrow: { width: 372, height: 900 },
  usual: { width: 1360, height: 980 },
  wide: { width: 2080, height: 1200 },
};

const titleHeight = 35;

/** The dashboard of the sandbox in four themes and three widths, and the page of a keyspace; as files in a folder. */
export async function takeDashboardPictures(window: VsCodeWindow, workspace: string, folder: string): Promise<void> {
  const { page } = window;
  const dashboard = new DashboardPage(page);
  const take = async (name: string): Promise<void> => {
    await page.mouse.move(5, 5);
    const { width = 0, height = 0 } = page.viewportSize() ?? {};
    // Without the window's own title.
    const clip = { x: 0, y: titleHeight, width, height: height - titleHeight };
    await page.screenshot({ path: path.join(folder, `${name}.png`), clip });
  };
  await window.closeEditors();
  await page.setViewportSize(sizes.usual);
  await window.command('Open Dashboard');
  await window.quickInput.pick('sandbox');
  await dashboard.waitFor('hitRate');
  await dashboard.range('7 d').click();
  await settle(dashboard);
  for (const [name, [theme, className]] of Object.entries(themes)) {
    await writeWorkspaceSettings(workspace, { 'workbench.colorTheme': theme });
    await dashboard.frame.locator(`body.${className}`).waitFor();
    await take(`dashboard-${name}`);
  }
  await writeWorkspaceSettings(workspace, { 'workbench.colorTheme': themes.dark[0] });
  await window.command('Analyse Keyspace…');
  await window.quickInput.pick('sandbox');
  await window.quickInput.pick('Memory of every key');
  await dashboard.frame.locator('[data-section="prefixes"]').waitFor();
  await take('keyspace');
  await window.closeEditors();
  await window.command('Open Dashboard');
  await window.quickInput.pick('sandbox');
  await settle(dashboard);
  await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
  for (const name of ['narrow', 'wide'] as const) {
    await page.setViewportSize(sizes[name]);
    await settle(dashboard, name === 'narrow' ? /1 h/ : /(?:5|10) min/);
    await take(`dashboard-${name}`);
  }
  await page.setViewportSize(sizes.usual);
  await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
}

/** Until everything of the week is drawn, in the steps of that width. */
async function settle(dashboard: DashboardPage, step = /(?:10|15) min/): Promise<void> {
  const expected = new RegExp(`^live, last 7 d .* a value every ${step.source}$`);
  await eventually(async () => assert.match(await dashboard.status(), expected), 20_000);
  await eventually(async () => assert.equal((await dashboard.namespaces()).length, 5), 20_000);
  await dashboard.legend('latency', 'p95 cached').waitFor();
}
