import type { Span } from './types.ts';

/** Code without its prompts, of the same length, and the lines of output that stood between them. */
export interface Unprompted {
  readonly code: string;
  readonly outputs: readonly Span[];
}

const PROMPT = /^[ \t]*(?:[\w.-]+@[\w.-]+:\S*[$#]|[$%❯])[ \t]+(?=\S)/;
const CONTINUED = /^[ \t]*>[ \t]/;

/**
 * Takes the prompts off a recorded session: `$ redis-cli ping` and below it `PONG`. Where no line has a prompt, all of it
 * is code. Prompts and outputs become spaces, so that no offset moves.
 */
export function removePrompts(code: string): Unprompted {
  const lines = code.split('\n');
  if (!lines.some((line) => PROMPT.test(line))) return { code, outputs: [] };
  const outputs: Span[] = [];
  let at = 0;
  let isOpen = false; // the last command goes on
  const plain = lines.map((line) => {
    const start = at;
    at += line.length + 1;
    const prompt = PROMPT.exec(line)?.[0] ?? (isOpen ? (CONTINUED.exec(line)?.[0] ?? '') : undefined);
    if (prompt === undefined && !/^\s*#/.test(line)) {
      if (line.trim() !== '') addOutput(outputs, { start, end: start + line.length }, code);
      return ' '.repeat(line.length);
    }
    isOpen = line.endsWith('\\');
    return ' '.repeat(prompt?.length ?? 0) + line.slice(prompt?.length ?? 0);
  });
  return { code: plain.join('\n'), outputs };
}

/** Lines of output that follow each other are one. */
function addOutput(outputs: Span[], span: Span, code: string): void {
  const last = outputs.at(-1);
  if (last !== undefined && code.slice(last.end, span.start) === '\n')
    outputs[outputs.length - 1] = { ...last, end: span.end };
  else outputs.push(span);
}
