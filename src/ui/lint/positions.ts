import * as vscode from 'vscode';
import { lastAtMost } from '../../core/lastAtMost.ts';
import type { Span } from '../../core/shell/types.ts';

/** Lines as the editor counts them, for texts that are not open in it. */
export function rangesIn(text: string): (span: Span) => vscode.Range {
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ 0: lineEnd, index }) => index + lineEnd.length)];
  const positionAt = (offset: number): vscode.Position => {
    const line = lastAtMost(starts, offset);
    return new vscode.Position(line, offset - (starts[line] ?? 0));
  };
  return ({ start, end }) => new vscode.Range(positionAt(start), positionAt(end));
}
