import type { Locator, Page } from 'playwright-core';

/** The box at the top of the window: command palette, quick picks, input boxes and step-by-step wizards. */
export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget');
  }

  /** Runs a command by its title in the palette, also while a webview has the focus. */
  async runCommand(title: string): Promise<void> {
    // Commands run lately are listed before the words are looked for: the wanted one may be among them, and another taken.
    const focused = this.#widget.locator('.quick-input-list .monaco-list-row.focused', { hasText: title });
    await this.#openPalette(`>${title}`, focused);
    await this.#page.keyboard.press('Enter');
  }

  /** Whether the palette offers a command of this title. */
  async offersCommand(title: string): Promise<boolean> {
    await this.#openPalette(`>${title}`, this.option(/./));
    const found = await this.option(title).count();
    await this.dismiss();
    return found > 0;
  }

  /** Opens a file of the workspace by a part of its path. */
  async openFile(name: string): Promise<void> {
    await this.#openPalette(name, this.option(name));
    await this.option(name).click();
  }

  option(text: string | RegExp): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  /** Everything each row says, details included. */
  async texts(): Promise<readonly string[]> {
    await this.option(/./).waitFor();
    return this.#widget.locator('.quick-input-list .monaco-list-row').allInnerTexts();
  }

  /** Rows of which the window shows only the beginning. */
  async cutOff(): Promise<readonly string[]> {
    await this.option(/./).waitFor();
    return this.#widget
      .locator('.quick-input-list .monaco-list-row .monaco-icon-label-container')
      .evaluateAll((labels) =>
        labels.flatMap((label) => (label.scrollWidth > label.clientWidth ? [label.textContent ?? ''] : [])),
      );
  }

  /** The rows' labels. */
  async options(): Promise<readonly string[]> {
    await this.#widget.locator('.quick-input-list .monaco-list-row').first().waitFor();
    return this.#widget.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
  }

  async pick(text: string | RegExp): Promise<void> {
    await this.option(text).click();
  }

  /** Waits for an input box whose title, prompt or placeholder contains `about`, then fills it and presses Enter. */
  async enter(about: string | RegExp, text: string): Promise<void> {
    await this.waitFor(about);
    await this.#input().fill(text);
    await this.accept();
  }

  async fill(text: string): Promise<void> {
    await this.#input().fill(text);
  }

  /** In the box itself: a tree that refreshes while it opens may have taken the focus. */
  async accept(): Promise<void> {
    await this.#input().press('Enter');
  }

  /** Waits until the box is open and says this, in its title, prompt, message or placeholder. */
  async waitFor(about: string | RegExp): Promise<void> {
    const says = this.#widget.filter({ hasText: about });
    const asks =
      typeof about === 'string' ? this.#widget.getByPlaceholder(about) : this.#widget.getByPlaceholder(about);
    await says.or(asks).first().waitFor();
  }

  async title(): Promise<string> {
    return this.#widget.locator('.quick-input-title').innerText();
  }

  /** The line below the input: prompt, or what is wrong with the text. */
  async message(): Promise<string> {
    return this.#widget.locator('.quick-input-message').innerText();
  }

  async value(): Promise<string> {
    return this.#input().inputValue();
  }

  async isPassword(): Promise<boolean> {
    return (await this.#input().getAttribute('type')) === 'password';
  }

  /** Presses the arrow beside the title, whose label names its key too. */
  async back(): Promise<void> {
    await this.#widget.locator('.quick-input-titlebar .action-label[aria-label^="Back"]').click();
  }

  async dismiss(): Promise<void> {
    const notifications = this.#page.locator('.notifications-center');
    // Where they are open they take the first Escape for themselves.
    if (await notifications.isVisible()) {
      await this.#page.keyboard.press('Escape');
      await notifications.waitFor({ state: 'hidden' });
    }
    await this.#page.keyboard.press('Escape');
    await this.#widget.waitFor({ state: 'hidden' });
  }

  #input(): Locator {
    return this.#widget.locator('.quick-input-box input');
  }

  /**
   * Types into the palette until it lists what is `expected`. F1 is lost while the window is still starting, and what
   * takes the focus meanwhile closes the palette again.
   */
  async #openPalette(text: string, expected: Locator): Promise<void> {
    const open = async (): Promise<void> => {
      // A tree that had the focus has it back between the palette and what the command asks; refreshed just then, it keeps it.
      await this.#page.evaluate("document.activeElement?.closest('.pane-body .monaco-list')?.blur()");
      await this.#page.keyboard.press('F1');
      await this.#input().fill(text, { timeout: 1_500 });
      await expected.waitFor({ timeout: 5_000 });
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await open();
      } catch (error) {
        if (attempt === 5) throw new Error(`The command palette does not list ${text}.`, { cause: error });
        await this.#page.keyboard.press('Escape');
      }
    }
  }
}
