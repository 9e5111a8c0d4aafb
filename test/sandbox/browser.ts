import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { ensureProgram } from './install.ts';

export interface WindowOptions {
  readonly url: string;
  /** Keeps secrets and state between windows: VS Code in a browser has them in the browser's profile. */
  readonly profileFolder?: string;
  readonly width?: number;
  readonly height?: number;
  /** Called with each line of the extension host's console, in development mode. */
  readonly onLog?: (type: string, args: readonly unknown[]) => void;
  /** Called with the verdict of host tests: 0 is passed. */
  readonly onExit?: (code: number) => void;
}

export interface BrowserWindow {
  readonly page: Page;
  close(): Promise<void>;
}

/** Opens a VS Code window in the system's Chromium, without a display. */
export async function openWindow(options: WindowOptions): Promise<BrowserWindow> {
  const context = await chromium.launchPersistentContext(options.profileFolder ?? '', {
    executablePath: await ensureProgram('chromium'),
    viewport: { width: options.width ?? 1400, height: options.height ?? 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const close = (): Promise<void> => context.close();
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    // The workbench calls these two in development mode.
    await page.exposeFunction('codeAutomationLog', options.onLog ?? (() => undefined));
    await page.exposeFunction('codeAutomationExit', options.onExit ?? (() => undefined));
    await page.goto(options.url);
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
