import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';

const rows = '.monaco-list-row[role="treeitem"]';

/** A view of the side bar, by its title. */
export class TreeView {
  readonly #page: Page;
  readonly title: string;
  readonly header: Locator;
  readonly body: Locator;

  constructor(page: Page, title: string) {
    this.#page = page;
    this.title = title;
    this.header = page.locator(`.pane-header[aria-label="${title} Section"]`);
    this.body = page.locator('.pane', { has: this.header }).locator('.pane-body');
  }

  /** Unfolds the view itself, when it is folded to its title. */
  async open(): Promise<void> {
    if ((await this.header.getAttribute('aria-expanded')) === 'false') await this.header.click();
    await this.body.waitFor();
  }

  /** The row with exactly this label. */
  row(label: string): TreeRow {
    const exact = this.#page.locator('.label-name', { hasText: new RegExp(`^${escape(label)}$`) });
    return new TreeRow(this.#page, this.body, this.body.locator(rows, { has: exact }).first());
  }

  /** Labels with their descriptions of all rows in view: `Before the release · 1 of 4`. */
  async texts(): Promise<readonly string[]> {
    const labels = await this.body.locator(`${rows} .monaco-icon-label`).all();
    return Promise.all(labels.map((label) => labelOf(label)));
  }

  /** What the view says while it has nothing to show. */
  welcome(): Locator {
    return this.body.locator('.welcome-view-content');
  }

  /** An action in the view's title bar, by its tooltip. */
  async titleAction(name: string): Promise<void> {
    await this.header.hover();
    await this.header.locator(`.action-label[aria-label="${name}"]`).click();
  }
}

/** One row. Reading it or doing something with it waits until it is there, and scrolls to it. */
export class TreeRow {
  readonly #page: Page;
  readonly #view: Locator;
  readonly locator: Locator;

  constructor(page: Page, view: Locator, locator: Locator) {
    this.#page = page;
    this.#view = view;
    this.locator = locator;
  }

  async waitFor(state: 'visible' | 'detached' = 'visible'): Promise<void> {
    if (state === 'visible') await this.#scrollTo();
    await this.locator.waitFor({ state });
  }

  /** A tree draws only the rows that fit into its view. */
  async #scrollTo(): Promise<void> {
    let shown = '';
    await eventually(async () => {
      if ((await this.locator.count()) > 0) return;
      const list = this.#view.locator('.monaco-list');
      const before = shown;
      shown = (await this.#view.locator(rows).allInnerTexts()).join('\n');
      const height = (await list.boundingBox())?.height ?? 0;
      // Nothing new since the last step down: that was the end, so from the top again.
      await list.locator('.monaco-list-rows').dispatchEvent('wheel', { deltaY: shown === before ? -1e6 : height / 2 });
      assert.fail(`No such row; the view shows\n${shown}`);
    }, 15_000);
  }

  async description(): Promise<string> {
    await this.#scrollTo();
    return (await labelParts(this.locator.locator('.monaco-icon-label').first()))[1];
  }

  /** What a screen reader says. */
  async accessibleName(): Promise<string> {
    await this.#scrollTo();
    return (await this.locator.getAttribute('aria-label')) ?? '';
  }

  async tooltip(): Promise<string> {
    await this.#scrollTo();
    await this.locator.locator('.label-name').hover();
    return this.#page.locator('.monaco-hover .hover-contents').first().innerText();
  }

  expand(): Promise<void> {
    return this.#unfold(true);
  }

  /** So that the rows below come into the window: a tree draws no others. */
  fold(): Promise<void> {
    return this.#unfold(false);
  }

  async #unfold(open: boolean): Promise<void> {
    await this.waitFor();
    const isFolded = async (): Promise<boolean> => (await this.locator.getAttribute('aria-expanded')) === 'false';
    // A click is lost when the view refreshes under it. By the row's name, since it is drawn in another element then.
    await eventually(async () => {
      if ((await isFolded()) === open) await this.locator.locator('.monaco-tl-twistie').click();
      await eventually(async () => assert.equal(await isFolded(), !open), 2_000);
      // A refresh that was under way draws the row as it was when it began.
      await this.#page.waitForTimeout(250);
      assert.equal(await isFolded(), !open);
    });
  }

  async click(): Promise<void> {
    await this.#scrollTo();
    await this.locator.locator('.label-name').click();
  }

  /** The row's tick; undefined when it has none. */
  async isChecked(): Promise<boolean | undefined> {
    await this.waitFor();
    const box = this.#checkbox();
    return (await box.count()) === 0 ? undefined : (await box.getAttribute('aria-checked')) === 'true';
  }

  async toggle(): Promise<void> {
    await this.#scrollTo();
    await this.#checkbox().click();
  }

  async inlineAction(name: string): Promise<void> {
    // The label ends with the key, where there is one: "Run (Ctrl+Enter)".
    const action = this.locator.locator(`.actions .action-label:is([aria-label="${name}"], [aria-label^="${name} ("])`);
    const question = this.#page.locator('.quick-input-widget').getByPlaceholder('Environment', { exact: true });
    // Refreshed under the click, the editor no longer knows which row it was: the command asks, as from the palette.
    await eventually(async () => {
      await this.#scrollTo();
      await this.locator.hover();
      await action.click();
      const asks = await question.waitFor({ timeout: 300 }).then(
        () => true,
        () => false,
      );
      if (asks) await question.press('Escape');
      assert.ok(!asks, `${name} was called without its row`);
    });
  }

  async contextMenu(entry: string): Promise<void> {
    const label = this.#page.locator('.action-label', { hasText: new RegExp(`^${escape(entry)}$`) });
    const item = this.#page.locator('.context-view .monaco-menu a.action-menu-item', { has: label });
    // A menu closes when the window moves its focus, as it does while a view opens.
    await eventually(async () => {
      await this.#scrollTo();
      await this.locator.click({ button: 'right' });
      await item.waitFor({ timeout: 2_000 });
      // It takes a mouse-up in its first 100 ms for the end of the click that opened it.
      await this.#page.waitForTimeout(200);
      await item.click({ timeout: 2_000 });
    });
  }

  #checkbox(): Locator {
    return this.locator.locator('.custom-view-tree-node-item-checkbox');
  }
}

async function labelOf(label: Locator): Promise<string> {
  const [name, description] = await labelParts(label);
  return description === '' ? name : `${name} · ${description}`;
}

function labelParts(label: Locator): Promise<[string, string]> {
  return label.evaluate((element): [string, string] => [
    element.querySelector('.label-name')?.textContent ?? '',
    element.querySelector('.label-description')?.textContent ?? '',
  ]);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
