import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';
import { Editor } from './editor.ts';
import { QuickInput } from './quickInput.ts';
import { TreeView } from './treeView.ts';

const screenshots = path.resolve(import.meta.dirname, '../../out/screenshots');

/** A VS Code window, driven as a person would: by what is on the screen. */
export class VsCodeWindow {
  readonly page: Page;
  readonly editor: Editor;
  readonly quickInput: QuickInput;
  readonly checklists: TreeView;
  readonly health: TreeView;
  readonly history: TreeView;

  constructor(page: Page) {
    page.setDefaultTimeout(15_000);
    this.page = page;
    this.editor = new Editor(page);
    this.quickInput = new QuickInput(page);
    this.checklists = new TreeView(page, 'Checklists');
    this.health = new TreeView(page, 'Health');
    this.history = new TreeView(page, 'History');
  }

  /** Waits until the workbench is drawn and the extension host runs. */
  async waitUntilReady(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await this.page.locator('.statusbar [id="status.host"], .statusbar [id="status.problems"]').first().waitFor();
  }

  /** Shows our container in the side bar. By command: a click on the icon of an open one would close it. */
  async openCacheOps(): Promise<void> {
    if (!(await this.checklists.header.isVisible())) await this.quickInput.runCommand('View: Show Cache Ops');
    await this.checklists.header.waitFor();
  }

  /** Titles of the views in the side bar, top to bottom. */
  viewTitles(): Promise<readonly string[]> {
    return this.page.locator('.sidebar .pane-header .title').allInnerTexts();
  }

  /** Runs one of our commands: `command('Refresh Health')`. */
  command(title: string): Promise<void> {
    return this.quickInput.runCommand(`Cache Ops: ${title}`);
  }

  /** Our entry in the status bar. */
  statusBar(): StatusBarEntry {
    return new StatusBarEntry(this.page, this.page.locator('.statusbar [id^="cache-ops.cache-ops"]').first());
  }

  modal(): Modal {
    return new Modal(this.page.locator('.monaco-dialog-box'));
  }

  /**
   * Messages, newest first. Opens the notification centre, since a window in development mode shows no toasts.
   */
  async notifications(): Promise<readonly string[]> {
    await this.#openNotifications();
    return this.page.locator('.notifications-center .notification-list-item-message').allInnerTexts();
  }

  /** What the message that contains `text` offers to do. */
  async notificationButtons(text: string): Promise<readonly string[]> {
    await this.#openNotifications();
    const item = this.page.locator('.notifications-center .notification-list-item', { hasText: text });
    return item.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
  }

  /** Buttons of that message of which the window shows only the beginning. */
  async notificationButtonsCutOff(text: string): Promise<readonly string[]> {
    await this.#openNotifications();
    const item = this.page.locator('.notifications-center .notification-list-item', { hasText: text });
    return item
      .locator('.notification-list-item-buttons-container .monaco-button')
      .evaluateAll((buttons) =>
        buttons.flatMap((button) => (button.scrollWidth > button.clientWidth ? [button.textContent ?? ''] : [])),
      );
  }

  /** Presses a button of the message that contains `text`, once it is there. */
  async answerNotification(text: string, button: string): Promise<void> {
    await this.#openNotifications();
    const item = this.page.locator('.notifications-center .notification-list-item', { hasText: text });
    await item.locator('.notification-list-item-buttons-container .monaco-button', { hasText: button }).click();
  }

  /** Rows of the Problems panel: message, source and position as shown. */
  async problems(): Promise<readonly string[]> {
    await this.quickInput.runCommand('Problems: Focus on Problems View');
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    return (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  async closeEditors(): Promise<void> {
    await this.quickInput.runCommand('View: Close All Editors');
  }

  /** Loads the window anew, as "Developer: Reload Window" does; secrets of a development window are lost. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitUntilReady();
  }

  /** Waits until the editor has written down that a page of this type is open; in a browser it does so every few seconds. */
  async untilPageIsKept(viewType: string): Promise<void> {
    await eventually(async () => {
      const kept = await this.page.evaluate<string[]>(keptLayouts);
      assert.ok(kept.join('').includes(viewType), 'the page is not kept yet');
    }, 30_000);
  }

  /** A picture in out/screenshots. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshots, { recursive: true });
    const file = path.join(screenshots, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  async #openNotifications(): Promise<void> {
    const center = this.page.locator('.notifications-center');
    // It does not open while there is nothing in it: the message may be on its way.
    await eventually(async () => {
      if (!(await center.isVisible())) await this.quickInput.runCommand('Notifications: Show Notifications');
      await center.waitFor({ timeout: 1_000 });
    }, 20_000);
  }
}

export class StatusBarEntry {
  readonly #page: Page;
  readonly locator: Locator;

  constructor(page: Page, locator: Locator) {
    this.#page = page;
    this.locator = locator;
  }

  text(): Promise<string> {
    return this.locator.innerText();
  }

  async tooltip(): Promise<string> {
    await this.locator.hover();
    return this.#page.locator('.monaco-hover .hover-contents, .workbench-hover').first().innerText();
  }

  /** Background colour class of the entry: error, warning or none. */
  async kind(): Promise<'error' | 'warning' | 'standard'> {
    const classes = (await this.locator.getAttribute('class')) ?? '';
    if (classes.includes('error-kind')) return 'error';
    return classes.includes('warning-kind') ? 'warning' : 'standard';
  }

  async click(): Promise<void> {
    await this.locator.locator('a').first().click();
  }
}

/** A dialog that blocks the window. */
export class Modal {
  readonly locator: Locator;

  constructor(locator: Locator) {
    this.locator = locator;
  }

  async text(): Promise<{ readonly message: string; readonly detail: string; readonly buttons: readonly string[] }> {
    await this.locator.waitFor();
    const detail = this.locator.locator('.dialog-message-detail');
    return {
      message: await this.locator.locator('.dialog-message-text').innerText(),
      detail: (await detail.count()) === 0 ? '' : await detail.innerText(),
      buttons: await this.locator.locator('.dialog-buttons .monaco-button').allInnerTexts(),
    };
  }

  async press(button: string): Promise<void> {
    await this.locator.locator('.dialog-buttons .monaco-button', { hasText: button }).click();
  }
}

/** Runs in the browser: the layout of the editors as it is kept, of every workspace. */
const keptLayouts = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith('vscode-web-state-db-'));
  return Promise.all(names.map(async (name) => {
    const database = await done(indexedDB.open(name));
    const items = database.transaction('ItemTable').objectStore('ItemTable');
    const kept = await done(items.get('memento/workbench.parts.editor'));
    database.close();
    return String(kept);
  }));
})()`;
