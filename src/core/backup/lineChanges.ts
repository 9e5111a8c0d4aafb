/** How two texts differ, in lines: what the first has more, and the second. Lines that were only moved count as both. */
export function lineChanges(before: string, after: string): { readonly removed: number; readonly added: number } {
  const left = new Map<string, number>();
  for (const line of before.split(/\r?\n/)) left.set(line, (left.get(line) ?? 0) + 1);
  let added = 0;
  for (const line of after.split(/\r?\n/)) {
    const count = left.get(line) ?? 0;
    if (count === 0) added++;
    else left.set(line, count - 1);
  }
  return { removed: [...left.values()].reduce((sum, count) => sum + count, 0), added };
}
