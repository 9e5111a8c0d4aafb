/** A pattern of a regular expression, of JavaScript (with any flags) or RE2, that matches just this text. */
export function literalPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
