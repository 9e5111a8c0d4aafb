/** Of a whole script, where it wants to be saved (`# backup/backup_script.sh`), '' where it does not say. */
export function scriptPathOf(code: string): string | undefined {
  const [first = '', ...rest] = code.split('\n');
  if (!first.startsWith('#!')) return undefined;
  const next = rest.find((line) => line.trim() !== '') ?? '';
  return /^#\s*((?:[\w.-]+\/)*[\w.-]+\.(?:sh|bash|py))\s*$/.exec(next)?.[1] ?? '';
}
