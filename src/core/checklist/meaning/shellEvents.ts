import { repairText } from '../encoding.ts';
import type { PreparedCode } from '../../shell/prepare.ts';
import { readShell } from '../../shell/read.ts';
import type { ShellNode, Span } from '../../shell/types.ts';

export interface Comment {
  readonly kind: 'comment';
  /** Without its #. */
  readonly text: string;
  readonly span: Span;
  /** Behind a statement, on its line. */
  readonly trailing: boolean;
}

export interface Statement {
  readonly kind: 'statement';
  readonly tree: ShellNode;
  readonly span: Span;
}

/** What stands in a shell block, from above to below. */
export type Event = Comment | Statement;

/** The statements and the comments between and behind them; those inside of a statement are its own. */
export function eventsOf({ code, masked }: PreparedCode): readonly Event[] {
  const { statements, comments } = readShell(masked);
  const inside = (at: number) => statements.some(({ span }) => span.start < at && at < span.end);
  const events: Event[] = statements.map(({ tree, span }) => ({ kind: 'statement', tree, span }));
  for (const span of comments) {
    if (inside(span.start)) continue;
    const lineStart = code.lastIndexOf('\n', span.start - 1) + 1;
    const text = repairText(code.slice(span.start, span.end)).replace(/^#+!?/, '').trim();
    if (code.startsWith('#!', span.start) || text === '') continue;
    const trailing = code.slice(lineStart, span.start).trim() !== '';
    events.push({ kind: 'comment', text, span, trailing });
  }
  return events.toSorted((a, b) => a.span.start - b.span.start);
}
