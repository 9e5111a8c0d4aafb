import type { Locator, Page } from 'playwright-core';

/** The text editor that has, or last had, the focus. */
export class Editor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The tab in front; waits for one. */
  async title(): Promise<string> {
    const tab = this.#page.locator('.editor-group-container.active .tabs-container .tab.active');
    return (await tab.locator('.label-name').innerText()).trim();
  }

  /** Labels of all tabs. */
  tabs(): Promise<readonly string[]> {
    return this.#page.locator('.tabs-container .tab .label-name').allInnerTexts();
  }

  async isDirty(): Promise<boolean> {
    return (await this.#page.locator('.editor-group-container.active .tab.active.dirty').count()) > 0;
  }

  /** The one-based line of the cursor, as the status bar says it. */
  async cursorLine(): Promise<number> {
    const text = await this.#page.locator('[id="status.editor.selection"]').innerText();
    return Number(/Ln (\d+)/.exec(text)?.[1]);
  }

  /** The lines in view, top to bottom. */
  visibleLines(): Promise<readonly string[]> {
    return this.#lines().evaluateAll((lines) =>
      lines
        .map((line) => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? '' }))
        .toSorted((a, b) => a.top - b.top)
        .map(({ text }) => text.replaceAll('\u00a0', ' ')),
    );
  }

  /** Waits until this text is in view. */
  async waitForText(text: string): Promise<void> {
    await this.#lines()
      .filter({ hasText: text.replaceAll(' ', '\u00a0') })
      .or(this.#lines().filter({ hasText: text }))
      .first()
      .waitFor();
  }

  /** Waits until the page that is shown in a preview says this. */
  async previewText(text: string): Promise<void> {
    const frame = this.#page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    await frame.getByText(text).first().waitFor();
  }

  async focus(): Promise<void> {
    await this.#lines().first().click();
  }

  async undo(): Promise<void> {
    await this.focus();
    await this.#page.keyboard.press('Control+Z');
  }

  #lines(): Locator {
    return this.#page.locator('.editor-group-container.active .monaco-editor .view-lines .view-line');
  }
}
