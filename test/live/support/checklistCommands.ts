import { literalPattern } from '../../../src/core/literalPattern.ts';

/** A fenced bash block of a checklist: its script, and what it says about the output. */
export interface Block {
  readonly line: number;
  readonly script: string;
  /** From `# Expected: …`; "..." stands for anything. */
  readonly expected: readonly RegExp[];
}

export function readBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let line = 0; line < lines.length; line += 1) {
    const indent = /^(\s*)```bash$/.exec(lines[line] ?? '')?.[1];
    if (indent === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, line);
    const script = lines.slice(line + 1, end).map((text) => text.slice(indent.length));
    const expected = script.flatMap((text) => /^# Expected: (.+)$/.exec(text)?.[1] ?? []);
    blocks.push({ line: line + 1, script: script.join('\n'), expected: expected.map(toPattern) });
    line = end;
  }
  return blocks;
}

function toPattern(expected: string): RegExp {
  const parts = expected.split('...').map(literalPattern);
  return new RegExp(parts.join('[^]*'));
}
