/** A cell of a Markdown table that shows `text` as it is, on one line. */
export function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|]/g, String.raw`\$&`);
}

/** The same in the type of code; '' as a word. */
export function code(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ').replaceAll('|', String.raw`\|`);
  if (line === '') return 'empty';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
