import { readFile } from 'node:fs/promises';
import { getProcessor, ParseError } from 'sh-syntax';
import type { File, Node } from 'sh-syntax';
import type { ShellOutline, ShellParser, Span } from '../core/shell/types.ts';

/** What is used of WebAssembly, which TypeScript only describes for browsers. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<never>;
};

/**
 * The shell parser of sh-syntax (mvdan/sh as WebAssembly). `wasmFile` is its `main.wasm`; it is read and compiled with
 * the first call, once. sh-syntax tells where the statements and comments of the top level are, not what is in them.
 */
export function createShellParser(wasmFile: string): ShellParser {
  let compiled: Promise<object> | undefined;
  // The parameter makes sh-syntax ask for an instance, else it would compile the whole of it again for every call.
  const parse = getProcessor(async (imports: object) => {
    compiled ??= readFile(wasmFile).then((bytes) => WebAssembly.compile(bytes));
    return WebAssembly.instantiate(await compiled, imports);
  });
  return async (code) => {
    const toOffset = offsetsOf(code);
    try {
      return outlineOf(await parse(code), toOffset);
    } catch (error) {
      const found = error instanceof ParseError ? error : readSyntaxError(error, code);
      if (found === undefined) throw error;
      const { Pos, message } = found;
      return {
        statements: [],
        comments: [],
        error: { message: message || 'syntax error', offset: toOffset(Pos?.Offset ?? 0) },
      };
    }
  };
}

/** Some errors come as a text only: `1:3: nested parameter expansions are …`. Its column counts bytes. */
function readSyntaxError(error: unknown, code: string): { message: string; Pos: { Offset: number } } | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const [, line = '1', column = '1', message] = /^(?:[^:\s]*:)?(\d+):(\d+): (.*)$/s.exec(error.message) ?? [];
  const before = code
    .split('\n')
    .slice(0, Number(line) - 1)
    .join('\n');
  const start = Number(line) === 1 ? 0 : Buffer.byteLength(before) + 1;
  return { message: message ?? error.message, Pos: { Offset: start + Number(column) - 1 } };
}

function outlineOf(file: File, toOffset: (byte: number) => number): ShellOutline {
  const spanOf = ({ Pos, End }: Node): Span => ({ start: toOffset(Pos.Offset), end: toOffset(End.Offset) });
  return {
    statements: file.Stmts.map(spanOf),
    comments: file.Stmts.flatMap(({ Comments }) => Comments.map(spanOf)),
    error: undefined,
  };
}

/** From offsets in UTF-8, which the parser counts, to offsets in UTF-16. */
function offsetsOf(code: string): (byte: number) => number {
  if (!/[^\0-\x7f]/.test(code)) return (byte) => byte;
  const offsets: number[] = [];
  let at = 0;
  for (const character of code) {
    for (let byte = Buffer.byteLength(character); byte > 0; byte--) offsets.push(at);
    at += character.length;
  }
  return (byte) => offsets[byte] ?? code.length;
}
