/** "Method A: Docker Compose", "Option 1: Git reset": one of several ways. */
export interface OptionLabel {
  /** `a`, `1` */
  readonly key: string;
  /** "Docker Compose (Recommended …)" */
  readonly label: string;
}

const LABEL = /^(?:method|option|alternative|variant|approach|way|choice)\s+([a-z]|\d{1,2})\b\s*[:.)–—-]*\s*(.*)$/i;

export function readOptionLabel(text: string): OptionLabel | undefined {
  const [all, key, label = ''] = LABEL.exec(text.trim()) ?? [];
  return key === undefined ? undefined : { key: key.toLowerCase(), label: label === '' ? (all ?? '') : label };
}

/** What stands behind "Or" or "OR:"; undefined where a comment is none. */
export function readOr(text: string): string | undefined {
  const [, rest] = /^(?:or|alternatively)\b\s*[:,]?\s*(.*)$/i.exec(text.trim()) ?? [];
  return rest;
}
