import * as z from 'zod/mini';
import { hostMessageSchema } from '../core/dashboard/protocol.ts';
import type { HostMessage, PageMessage, PageOwner } from '../core/dashboard/protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
};

// The page may not make code from text, and need not try.
z.config({ jitless: true });

const api = acquireVsCodeApi();

export function tell(message: PageMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
  api.postMessage(message);
}

/** Calls back with what the extension says, first with what stands in the page; anything else is dropped. */
export function listen(heard: (message: HostMessage) => void): void {
  const hear = (data: unknown): void => {
    const parsed = hostMessageSchema.safeParse(data);
    if (parsed.success) heard(parsed.data);
  };
  for (const message of firstMessages()) hear(message);
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => hear(data));
}

/** The editor may make the page anew from the same text: what stands in it is of the past then. */
const newForMs = 10_000;
const firstSchema = z.object({ writtenAtMs: z.number(), messages: z.array(z.unknown()) });

function firstMessages(): readonly unknown[] {
  const first = firstSchema.safeParse(JSON.parse(document.querySelector('#first')?.textContent ?? 'null'));
  return first.success && Date.now() - first.data.writtenAtMs < newForMs ? first.data.messages : [];
}

/** Kept by the editor, so that it can bring the page back. */
export function keepOwner(owner: PageOwner): void {
  api.setState(owner);
}
