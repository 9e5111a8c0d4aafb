import { readExpectation } from './expectations/read.ts';
import type { Expectation } from './expectations/types.ts';

const EXPECTED = /^(?:the\s+)?expected(?:\s+(?:output|results?|responses?|values?|answer))?\s*:?\s*(.*)$/i;

/** "Expected output: `OK`" below a block: what is expected, or that it follows. Undefined for any other text. */
export function readExpectedLabel(text: string): { readonly rest: string; readonly isResult: boolean } | undefined {
  const match = EXPECTED.exec(text);
  if (match === null || !/^(?:the\s+)?expected(?:\s+\w+)?\s*(?::|$)/i.test(text)) return undefined;
  return { rest: match[1]?.trim() ?? '', isResult: /results\b/i.test(text) };
}

/** "`access_count` increased from 1 to 2", "timestamp updated", "completed faster": against the run before. */
export function readComparison(raw: string, command: string): Expectation | undefined {
  const text = raw.replace(/^[^\p{L}\p{N}`]+/u, '');
  const field = /`([\w.]+)`/.exec(text)?.[1];
  const [, from, to] = /\b(?:from\s+)?(\d+(?:\.\d+)?)\s*(?:to|→|->)\s*(\d+(?:\.\d+)?)\b/.exec(text) ?? [];
  if (field !== undefined && from !== undefined && to !== undefined) {
    return { kind: 'change', field, change: 'fromTo', from: Number(from), to: Number(to), text: plain(text) };
  }
  if (field !== undefined && /\b(?:stayed|stays|remains?|is|are)\s+(?:the\s+)?(?:same|unchanged)\b/i.test(text)) {
    return { kind: 'change', field, change: 'same', from: undefined, to: undefined, text: plain(text) };
  }
  if (field !== undefined && /\b(?:updated|changed|changes|moved|increased|incremented)\b/i.test(text)) {
    return { kind: 'change', field, change: 'updated', from: undefined, to: undefined, text: plain(text) };
  }
  if (!/\b(?:faster|quicker)\b/i.test(text)) return undefined;
  const expectation = readExpectation(`should be faster: ${plain(text)}`, { command });
  return expectation?.kind === 'relative' ? { ...expectation, byRatio: percentIn(text), text: plain(text) } : undefined;
}

function percentIn(text: string): number | undefined {
  const percent = /(\d+(?:\.\d+)?)\s*%/.exec(text)?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
}

function plain(text: string): string {
  return text.replaceAll('`', '').trim();
}
