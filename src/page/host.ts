import type { FirstMessages, HostMessage, PageMessage, PageOwner } from '../core/dashboard/protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
};

const api = acquireVsCodeApi();

export function tell(message: PageMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
  api.postMessage(message);
}

/** Calls back with what the extension says, first with what stands in the page; anything else is dropped. */
export function listen(heard: (message: HostMessage) => void): void {
  for (const message of firstMessages()) heard(message);
  const hear = async (data: unknown): Promise<void> => {
    // Not before it is needed: it would hold up the first picture.
    const { readHostMessage } = await import('./hostMessages.ts');
    const message = readHostMessage(data);
    if (message) heard(message);
  };
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => void hear(data));
}

/** The editor may make the page anew from the same text: what stands in it is of the past then. */
const newForMs = 10_000;

/** Written into the page as code, and by whom all its code is. */
declare const first: FirstMessages | undefined;

function firstMessages(): readonly HostMessage[] {
  return first !== undefined && Date.now() - first.writtenAtMs < newForMs ? first.messages : [];
}

/** Kept by the editor, so that it can bring the page back. */
export function keepOwner(owner: PageOwner): void {
  api.setState(owner);
}
