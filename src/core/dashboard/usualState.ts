import type { PageState } from './protocol.ts';
import { usualRange } from './range.ts';

/** How a page is shown until the user changes it. */
export const usualState: PageState = {
  range: usualRange,
  overlay: { kind: 'none' },
  toggled: [],
  sort: { by: 'hits', descending: true },
};
