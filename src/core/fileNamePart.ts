/** A text as part of the name of a file or a tag: whatever is no letter, digit, `_`, `.` or `-` becomes `-`. */
export function fileNamePart(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '-');
}
