import { parseCommand } from '../../shell/parseBlock.ts';
import type { ParsedBlock, ShellParser, Statement } from '../../shell/types.ts';
import type { BlockMeaning, InlineCommand, Step } from './types.ts';

/**
 * Joins what a block means with its parsed statements, in the order of the document. Statements from the hand-over on,
 * and those that are for a person, are left out.
 */
export function stepsOf(block: BlockMeaning, parsed: ParsedBlock): readonly Step[] {
  const statements = new Map(parsed.statements.map((statement) => [statement.range.start, statement]));
  const steps = block.parts.flatMap((part): readonly Step[] => {
    if (part.kind === 'manual') return [part];
    const statement = statements.get(part.range.start);
    return statement === undefined ? [] : [{ ...part, range: statement.range, statement }];
  });
  return block.handOver === undefined ? steps : [...steps, { kind: 'handOver', ...block.handOver }];
}

/** The steps of a command in an item's text; all of them have the range of the command. */
export async function parseInline(command: InlineCommand, parser: ShellParser): Promise<readonly Step[]> {
  const { code, range, expectations, handOver } = command;
  if (handOver !== undefined) return [{ kind: 'handOver', command: code, to: handOver, range, rest: '' }];
  const { statements } = await parseCommand(code, parser);
  return statements.map((statement, index) => ({
    kind: 'command',
    range,
    title: undefined,
    // What is expected is expected of the last.
    expectations: index === statements.length - 1 ? expectations : [],
    choice: undefined,
    tiers: undefined,
    statement: moved(statement, command),
  }));
}

function moved(statement: Statement, { range }: InlineCommand): Statement {
  const placeholders = statement.placeholders.map((placeholder) => ({
    ...placeholder,
    range: { start: range.start + placeholder.range.start, end: range.start + placeholder.range.end, line: range.line },
  }));
  const { start, end } = statement.range;
  return {
    ...statement,
    placeholders,
    range: { start: range.start + start, end: range.start + end, line: range.line },
  };
}
