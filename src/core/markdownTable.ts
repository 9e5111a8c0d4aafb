/** A table of Markdown; cells as they are. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Keys are anybody's text: nothing in them may become Markdown, and none may be longer than a line. */
export function codeSpan(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  const safe = short
    .replaceAll(/[\p{C}]/gu, '\uFFFD')
    .replaceAll('`', 'ˋ')
    .replaceAll('|', '\\|');
  return `\`${safe}\``;
}
