import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';
import { QuickInput } from './quickInput.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe found, as `rule: element`. */
interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** The dashboard in front, driven as a person would. */
export class DashboardPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get frame(): FrameLocator {
    return this.#page.locator('iframe.webview.ready').contentFrame().locator('#active-frame').contentFrame();
  }

  /** By the palette. */
  async open(environment: string): Promise<void> {
    const quickInput = new QuickInput(this.#page);
    // The list closes when the window moves its focus, as it does while a view takes in changed settings.
    await eventually(async () => {
      await quickInput.runCommand('Cache Ops: Open Dashboard');
      await quickInput.option(environment).click({ timeout: 2_000 });
    }, 20_000);
  }

  /** Waits until this chart is drawn. */
  async waitFor(chart: string): Promise<void> {
    await this.plot(chart).waitFor({ timeout: 20_000 });
  }

  chart(id: string): Locator {
    return this.frame.locator(`[data-chart="${id}"]`);
  }

  /** Where a chart's lines are drawn. */
  plot(id: string): Locator {
    return this.chart(id).locator('.u-over');
  }

  tile(id: string): Locator {
    return this.frame.locator(`[data-tile="${id}"]`);
  }

  status(): Promise<string> {
    return this.frame.locator('.status').innerText();
  }

  banners(): Promise<readonly string[]> {
    return this.frame.locator('.banner').allInnerTexts();
  }

  range(words: string): Locator {
    return this.frame.getByRole('button', { name: words, exact: true });
  }

  legend(chart: string, label: string): Locator {
    return this.chart(chart).locator('.legend-entry', { hasText: label });
  }

  /** The whole label of a choice to compare with. */
  async option(words: RegExp): Promise<string> {
    return this.frame.locator('select option', { hasText: words }).first().innerText();
  }

  /** Cells of the table of namespaces, row by row. */
  async namespaces(): Promise<readonly (readonly string[])[]> {
    const rows = await this.frame.locator('.namespaces tbody tr').all();
    return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()));
  }

  async menu(chart: string, item: string): Promise<void> {
    await this.chart(chart)
      .getByRole('button', { name: /^More for/ })
      .click();
    await this.frame.getByRole('menuitem', { name: item }).click();
  }

  /** Draws a stretch from one part of the chart's width to another, 0 to 1. */
  async drag(chart: string, from: number, to: number): Promise<void> {
    const box = await this.plot(chart).boundingBox();
    if (!box) throw new Error(`${chart} is not to be seen.`);
    const y = box.y + box.height / 2;
    await this.#page.mouse.move(box.x + box.width * from, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + box.width * to, y, { steps: 5 });
    await this.#page.mouse.up();
  }

  /** What axe-core finds wrong with the page as it is: contrast, names, roles. */
  async faults(): Promise<readonly string[]> {
    const frame = await this.itself();
    await frame.evaluate(await readFile(axeFile, 'utf8'));
    const result = await frame.evaluate<AxeResult>(
      `axe.run(document, { resultTypes: ['violations'], rules: { 'page-has-heading-one': { enabled: true } } })`,
    );
    return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }

  /** Whatever of the page is not to be seen whole: beyond its sides, or in a box that is too narrow for it. */
  async cutOff(): Promise<readonly string[]> {
    return (await this.itself()).evaluate<string[]>(`(() => {
      const edge = document.documentElement.clientWidth + 0.5;
      const all = [...document.querySelectorAll('h1, h2, .status, .toolbar, .toolbar *, .headline, .banner, .tile, .tile *, .card, .card-head *, .legend *, .tooltip, .tooltip *')]
        .filter((one) => one.checkVisibility() && !(one instanceof SVGElement) && !one.closest('[hidden]'));
      const beyond = all.filter((one) => { const { left, right } = one.getBoundingClientRect(); return left < -0.5 || right > edge; });
      const narrow = all.filter((one) => !one.matches('select, option, .segments') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0);
      return [...new Set([...beyond, ...narrow])].map((one) => one.outerHTML.slice(0, 120));
    })()`);
  }

  /** Charts whose picture has not as many points as the screen at this ratio. */
  async blurred(ratio: number): Promise<readonly string[]> {
    return (await this.itself()).evaluate<string[]>(`[...document.querySelectorAll('canvas')]
      .filter((one) => Math.abs(one.width - one.clientWidth * ${ratio}) > 1.5 || Math.abs(devicePixelRatio - ${ratio}) > 0.01
        || Math.abs(one.clientWidth - one.closest('.stage').clientWidth) > 1)
      .map((one) => [one.closest('[data-chart]').dataset.chart, one.width, one.clientWidth, one.closest('.stage').clientWidth, devicePixelRatio].join(' '))`);
  }

  /** What moves on the page by itself. */
  async movements(): Promise<readonly string[]> {
    return (await this.itself()).evaluate<string[]>(
      'document.getAnimations().map(({ effect }) => effect?.target?.outerHTML.slice(0, 80) ?? "something")',
    );
  }

  /** For what runs in the page. */
  async itself(): Promise<Frame> {
    const outer = await this.#page.locator('iframe.webview.ready').elementHandle();
    const inner = await (await outer?.contentFrame())?.waitForSelector('#active-frame');
    const frame = await inner?.contentFrame();
    if (!frame) throw new Error('There is no page in front.');
    return frame;
  }
}

/** Its triangle: the line below belongs to the chart. */
export async function clickMarker(marker: Locator): Promise<void> {
  const level = await marker.evaluate((button) => Number(button.style.getPropertyValue('--level')));
  await marker.click({ position: { x: 7, y: 4 + 10 * level } });
}
