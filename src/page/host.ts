import { config } from 'zod/mini';
import { hostMessageSchema } from '../core/dashboard/protocol.ts';
import type { HostMessage, PageMessage, PageOwner } from '../core/dashboard/protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
};

// The page may not make code from text, and need not try.
config({ jitless: true });

const api = acquireVsCodeApi();

export function tell(message: PageMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
  api.postMessage(message);
}

/** Calls back with what the extension says; anything else is dropped. */
export function listen(heard: (message: HostMessage) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const parsed = hostMessageSchema.safeParse(data);
    if (parsed.success) heard(parsed.data);
  });
}

/** Kept by the editor, so that it can bring the page back. */
export function keepOwner(owner: PageOwner): void {
  api.setState(owner);
}
