import { fileURLToPath } from 'node:url';
import { createShellParser } from '../../../../src/clients/shellParser.ts';
import { parseBlock, parseCommand } from '../../../../src/core/shell/parseBlock.ts';
import type { ParsedBlock, ShellParser, Statement } from '../../../../src/core/shell/types.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import type { CommandBlock } from '../../../../src/core/checklist/model.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';

/** The real parser, with its WebAssembly from where npm put it. */
export function realParser(): ShellParser {
  return createShellParser(fileURLToPath(import.meta.resolve('sh-syntax/main.wasm')));
}

/** Parses the only code block of a document. */
export async function parseOnly(markdown: string, parser: ShellParser): Promise<ParsedBlock> {
  return parseBlock(markdown, blocksOf(markdown)[0] ?? noBlock(), parser);
}

export function blocksOf(markdown: string): readonly CommandBlock[] {
  return [...nodesOf(openDocument(markdown).checklist.stages)].filter((node) => node.kind === 'block');
}

/** The only statement of a command line. */
export async function statementOf(code: string, parser: ShellParser): Promise<Statement> {
  const { statements, error } = await parseCommand(code, parser);
  const [statement] = statements;
  if (statement === undefined || statements.length > 1 || error !== undefined) {
    throw new Error(`Not one statement but ${statements.length}: ${code} ${error?.message ?? ''}`);
  }
  return statement;
}

export function fenced(code: string, language = 'bash'): string {
  return `\`\`\`${language}\n${code}\n\`\`\`\n`;
}

function noBlock(): never {
  throw new Error('The document holds no block.');
}
