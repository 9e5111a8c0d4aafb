import { understand } from '../../../../../src/core/checklist/meaning/understand.ts';
import type { Expectation } from '../../../../../src/core/checklist/meaning/expectations/types.ts';
import type {
  BlockMeaning,
  CommandPart,
  ItemMeaning,
  ManualStep,
  Meaning,
} from '../../../../../src/core/checklist/meaning/types.ts';
import { openDocument } from '../../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../../src/core/checklist/walk.ts';

/** What a document means. */
export function meaningOf(markdown: string): Meaning {
  return understand(openDocument(markdown).checklist, markdown);
}

/** The blocks of a document, in order. */
export function blocksOf(markdown: string): readonly BlockMeaning[] {
  return [...meaningOf(markdown).blocks.values()];
}

/** The only block of a document that holds this code. */
export function blockOf(code: string, language = 'bash'): BlockMeaning {
  const [block] = blocksOf(`\`\`\`${language}\n${code}\n\`\`\`\n`);
  if (block === undefined) throw new Error('The document holds no block.');
  return block;
}

export function commandsIn({ parts }: BlockMeaning): readonly CommandPart[] {
  return parts.filter((part) => part.kind === 'command');
}

export function manualIn({ parts }: BlockMeaning): readonly ManualStep[] {
  return parts.filter((part) => part.kind === 'manual');
}

/** What is expected of each command of a block. */
export function expectedIn(block: BlockMeaning): readonly (readonly Expectation[])[] {
  return commandsIn(block).map(({ expectations }) => expectations.map(({ expectation }) => expectation));
}

/** What the only item of a document means; undefined where it means nothing. */
export function itemOf(markdown: string): ItemMeaning | undefined {
  const { checklist } = openDocument(markdown);
  const item = [...nodesOf(checklist.stages)].find(({ kind }) => kind === 'item');
  return understand(checklist, markdown).items.get(item?.id ?? '');
}
