import type { CommandOutput } from './types.ts';

/** What is looked at of a stream: so much of its beginning and of its end. */
const HALF = 512 * 1024;

/** An output made ready for comparing. */
export interface ReadOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly shortened: boolean;
  readonly binary: boolean;
  readonly exitCode: number | undefined;
  readonly durationMs: number;
  readonly command: string | undefined;
}

export function readOutput({ stdout, stderr, exitCode, durationMs, command }: CommandOutput): ReadOutput {
  const out = boundedText(stdout);
  const err = boundedText(stderr);
  return {
    stdout: withoutColours(out.text),
    stderr: withoutColours(err.text),
    shortened: out.shortened || err.shortened,
    binary: out.text.includes('\0'),
    exitCode,
    durationMs,
    command,
  };
}

function boundedText(stream: string | Uint8Array): { readonly text: string; readonly shortened: boolean } {
  const shortened = stream.length > 2 * HALF;
  if (typeof stream === 'string') {
    return { text: shortened ? `${stream.slice(0, HALF)}\n${stream.slice(-HALF)}` : stream, shortened };
  }
  const decoder = new TextDecoder();
  if (!shortened) return { text: decoder.decode(stream), shortened };
  return { text: `${decoder.decode(stream.subarray(0, HALF))}\n${decoder.decode(stream.subarray(-HALF))}`, shortened };
}

// oxlint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[\d;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r(?=\n)/g;

function withoutColours(text: string): string {
  return text.includes('\x1b') || text.includes('\r') ? text.replace(COLOURS, '') : text;
}

/** Lines that hold something. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** For comparing: no difference in letter case, spacing, quotes and marks in front. */
export function normalizeLine(line: string): string {
  return line
    .replace(/\p{Extended_Pictographic}\ufe0f?|\u2713/gu, ' ')
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/\s*([:,=])\s*/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
