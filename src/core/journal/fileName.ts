/** `<person>-<machine>.jsonl`: one file for each, so that merging branches breaks no chain. */
export function journalFileName(person: string, machine: string): string {
  return `${plain(person) || 'someone'}-${plain(machine) || 'somewhere'}.jsonl`;
}

/** What every file system takes, and nothing that means something to one. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[_.-]+|[_.-]+$/g, '')
    .slice(0, 80)
    .toLowerCase();
}
