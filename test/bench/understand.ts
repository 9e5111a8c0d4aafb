import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createShellParser } from '../../src/clients/shellParser.ts';
import { understand } from '../../src/core/checklist/meaning/understand.ts';
import type { Checklist, CommandBlock } from '../../src/core/checklist/model.ts';
import { openDocument } from '../../src/core/checklist/parse.ts';
import { nodesOf } from '../../src/core/checklist/walk.ts';
import { parseBlock } from '../../src/core/shell/parseBlock.ts';
import { makeChecklist } from './checklist.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';

export const names = ['checklist.understand', 'checklist.shell-block', 'checklist.list-10000'];

const ROUNDS = 30;
const WARM_UP = 10;
const BLOCKS = 10_000;
/** One stage of the made checklist is about so long, and has two shell blocks and two others. */
const STAGE_LENGTH = 1_700;

interface Document {
  readonly text: string;
  readonly checklist: Checklist;
}

/** Understanding documents, parsing the shell blocks in them, and listing very many blocks. */
export async function run(): Promise<readonly Figure[]> {
  const { documents, what } = readDocuments();
  const { shellMs, count } = await measureShell(documents);
  return [
    {
      name: 'checklist.understand',
      value: measureUnderstanding(documents),
      unit: 'ms',
      limit: { of: 'value', max: 60 },
      note: `${what}, all but their shell statements`,
    },
    {
      name: 'checklist.shell-block',
      value: shellMs,
      unit: 'ms',
      limit: { of: 'value', max: 15 },
      note: `one block by the shell parser, median of ${count}`,
    },
    measureList(),
  ];
}

/** The sample documents where they are; else those of the tests. */
function readDocuments(): { readonly documents: readonly Document[]; readonly what: string } {
  const samples = path.resolve(import.meta.dirname, '../../../shared/seeds');
  const own = path.resolve(import.meta.dirname, '../fixtures/checklists');
  const folder = existsSync(samples) ? samples : own;
  const documents = readdirSync(folder)
    .filter((name) => /\.(?:md|txt)$/.test(name))
    .map((name) => read(readFileSync(path.join(folder, name), 'utf8')));
  return { documents, what: `${documents.length} ${folder === own ? 'fixtures' : 'sample documents'}` };
}

function read(text: string): Document {
  return { text, checklist: openDocument(text).checklist };
}

function measureUnderstanding(documents: readonly Document[]): number {
  const durations: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const start = performance.now();
    for (const { checklist, text } of documents) understand(checklist, text);
    if (round >= WARM_UP) durations.push(performance.now() - start);
  }
  return median(durations);
}

/** Each block once more than needed: the first call starts WebAssembly. */
async function measureShell(
  documents: readonly Document[],
): Promise<{ readonly shellMs: number; readonly count: number }> {
  const parser = createShellParser(fileURLToPath(import.meta.resolve('sh-syntax/main.wasm')));
  await parser('true');
  const durations: number[] = [];
  for (const { text, checklist } of documents) {
    for (const block of shellBlocks(checklist)) {
      const start = performance.now();
      await parseBlock(text, block, parser);
      durations.push(performance.now() - start);
    }
  }
  return { shellMs: median(durations), count: durations.length };
}

function shellBlocks(checklist: Checklist): readonly CommandBlock[] {
  return [...nodesOf(checklist.stages)].flatMap((node) =>
    node.kind === 'block' && node.language === 'bash' ? [node] : [],
  );
}

/** From the text to a list of blocks with their commands; the shell parser is not asked. */
function measureList(): Figure {
  const text = makeChecklist((STAGE_LENGTH * BLOCKS) / 4);
  const durations: number[] = [];
  let blocks = 0;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    const { checklist } = openDocument(text);
    blocks = understand(checklist, text).blocks.size;
    durations.push(performance.now() - start);
  }
  return {
    name: 'checklist.list-10000',
    value: (median(durations) / blocks) * BLOCKS,
    unit: 'ms',
    note: `per 10,000 blocks, measured with ${blocks}: read and listed with their commands, none parsed`,
  };
}
