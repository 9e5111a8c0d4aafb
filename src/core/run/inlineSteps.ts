import type { InlineCommand, Step } from '../checklist/meaning/types.ts';
import { parseCommand } from '../shell/parseBlock.ts';
import type { ShellParser } from '../shell/types.ts';

/** The steps of a command in an item's text: usually one. What is expected is expected of the last. */
export async function inlineSteps(command: InlineCommand, parser: ShellParser): Promise<readonly Step[]> {
  const { code, range, expectations, handOver } = command;
  if (handOver !== undefined) return [{ kind: 'handOver', command: code, to: handOver, range, rest: '' }];
  const { statements } = await parseCommand(code, parser);
  return statements.map((statement, index) => ({
    kind: 'command',
    // Where the evidence of the whole is found.
    range,
    title: undefined,
    expectations: index === statements.length - 1 ? expectations : [],
    choice: undefined,
    tiers: undefined,
    statement,
  }));
}
