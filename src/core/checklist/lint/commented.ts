import type { Span } from '../../shell/types.ts';

const PROGRAM = /(?:redis-cli|valkey-cli|docker-compose|docker compose|git|curl|wget|kubectl)(?=[ \t]+\S)/g;
const WARNS = /\b(?:never|not|no longer|don['’]t|avoid|instead of|rather than)\b/i;

/**
 * Where commands stand in a comment, as in `# Or: docker-compose restart`. What a comment warns of is none:
 * `# never use redis-cli KEYS`.
 */
export function commandsInComment(comment: string): readonly Span[] {
  const starts = [...comment.matchAll(PROGRAM)].filter(
    ({ index }) => /[\s:,(`#]$/.test(comment.slice(0, index)) && !WARNS.test(comment.slice(0, index)),
  );
  return starts.map(({ index }, number) => {
    const limit = starts[number + 1]?.index ?? comment.length;
    const code = comment.slice(index, limit);
    const end = /`|, | \(|\.(?:\s|$)/.exec(code)?.index ?? code.length;
    return { start: index, end: index + code.slice(0, end).trimEnd().length };
  });
}
