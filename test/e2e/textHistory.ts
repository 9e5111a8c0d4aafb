import type { Locator } from 'playwright-core';

/** As in the page, whose types are not those of the tests. */
type Observer = new (note: () => void) => { observe(target: unknown, options: object): void };

/** Records every text that an element shows from now on, the present one first; also those shown for a moment. */
export async function followText(locator: Locator): Promise<{ texts(): Promise<readonly string[]> }> {
  const history = await locator.evaluateHandle((element) => {
    const texts = [element.textContent ?? ''];
    const note = (): void => {
      const text = element.textContent ?? '';
      if (text !== texts.at(-1)) texts.push(text);
    };
    const Observer: Observer = Reflect.get(globalThis, 'MutationObserver');
    new Observer(note).observe(element, { childList: true, characterData: true, subtree: true });
    return texts;
  });
  return { texts: () => history.jsonValue() };
}
