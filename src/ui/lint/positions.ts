import * as vscode from 'vscode';
import type { Span } from '../../core/shell/types.ts';

/** Lines as the editor counts them, for texts that are not open in it. */
export function rangesIn(text: string): (span: Span) => vscode.Range {
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ 0: lineEnd, index }) => index + lineEnd.length)];
  const positionAt = (offset: number): vscode.Position => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return new vscode.Position(low, offset - (starts[low] ?? 0));
  };
  return ({ start, end }) => new vscode.Range(positionAt(start), positionAt(end));
}
