import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Meaning } from '../../core/checklist/meaning/types.ts';
import type { CommandBlock } from '../../core/checklist/model.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import type { ParsedBlock, ShellParser } from '../../core/shell/types.ts';
import type { ChecklistDocument } from '../checklists/document.ts';

type Syntax = Pick<ParsedBlock, 'error'>;

/** One block takes about 10 ms; the host is free for the rest of the time. */
const pauseMs = 40;
/** In documents with more blocks, only those near what is seen are parsed. */
const mostBlocks = 300;
const nearbyLines = 100;

/** The syntax of blocks that are or will soon be seen, remembered by their code. */
export class BlockSyntax {
  readonly #parser: () => Promise<ShellParser>;
  /** Relative to the block, which may move. */
  readonly #known = new Map<string, Syntax>();

  constructor(parser: () => Promise<ShellParser>) {
    this.#parser = parser;
  }

  /** What is known of a document's blocks, by id. */
  of({ checklist, text }: ChecklistDocument, meaning: Meaning): ReadonlyMap<string, Syntax> {
    if (!checklist || text === undefined || this.#known.size === 0) return new Map();
    const blocks = runBlocks(checklist.stages, meaning);
    return new Map(
      blocks.flatMap((block) => {
        const known = this.#known.get(codeKey(text, block));
        return known ? [[block.id, moved(known, block.range.start)] as const] : [];
      }),
    );
  }

  /**
   * Parses the document's blocks one by one while it is in a visible editor, those that are seen first. Ends early when
   * `isStale` says so. Returns whether anything became known.
   */
  async learn(document: ChecklistDocument, meaning: Meaning, isStale: () => boolean): Promise<boolean> {
    const { checklist, text } = document;
    if (!checklist || text === undefined) return false;
    const waiting = this.#inOrder(document.uri, runBlocks(checklist.stages, meaning), text);
    if (waiting.length === 0) return false;
    const [{ parseBlock }, parser] = await Promise.all([import('../../core/shell/parseBlock.ts'), this.#parser()]);
    let learnt = false;
    for (const block of waiting) {
      if (isStale()) return false;
      const { error } = await parseBlock(text, block, parser);
      this.#remember(codeKey(text, block), moved({ error }, -block.range.start));
      learnt ||= error !== undefined;
      await pause(pauseMs);
    }
    return learnt;
  }

  #inOrder(uri: vscode.Uri, blocks: readonly CommandBlock[], text: string): readonly CommandBlock[] {
    const editors = vscode.window.visibleTextEditors.filter(
      (editor) => editor.document.uri.toString() === uri.toString(),
    );
    const seen = editors.flatMap(({ visibleRanges }) => visibleRanges);
    const isNear = ({ range }: CommandBlock): boolean =>
      seen.some(({ start, end }) => range.line >= start.line - nearbyLines && range.line <= end.line + nearbyLines);
    const near = blocks.filter(isNear);
    const others = blocks.length > mostBlocks || seen.length === 0 ? [] : blocks.filter((block) => !isNear(block));
    return [...near, ...others].filter((block) => !this.#known.has(codeKey(text, block)));
  }

  #remember(key: string, syntax: Syntax): void {
    this.#known.delete(key);
    this.#known.set(key, syntax);
    const [oldest] = this.#known.keys();
    if (this.#known.size > 5_000 && oldest !== undefined) this.#known.delete(oldest);
  }
}

function runBlocks(stages: Parameters<typeof nodesOf>[0], { blocks }: Meaning): readonly CommandBlock[] {
  return [...nodesOf(stages)].filter((node): node is CommandBlock => {
    const meaning = node.kind === 'block' ? blocks.get(node.id) : undefined;
    return meaning?.isShell === true && meaning.use === 'run';
  });
}

function codeKey(text: string, { range }: CommandBlock): string {
  return text.slice(range.start, range.end);
}

function moved({ error }: Syntax, by: number): Syntax {
  if (error === undefined) return { error };
  const { message, range } = error;
  return { error: { message, range: { ...range, start: range.start + by, end: range.end + by } } };
}
