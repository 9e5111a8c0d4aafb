/** A document made ready for the parser without moving anything. */
export interface Source {
  /** As long as the document; every line ends in `\n`. */
  readonly text: string;
  /** Where the Markdown starts: behind a byte order mark and front matter. */
  readonly base: number;
}

const BYTE_ORDER_MARK = 0xfeff;

/** Finds the Markdown in a document. */
export function readSource(document: string): Source {
  const text = unifyLineEnds(document);
  const start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  return { text, base: start + frontMatterLength(start === 0 ? text : text.slice(start)) };
}

function unifyLineEnds(text: string): string {
  if (!text.includes('\r')) return text;
  return text.replaceAll('\r\n', ' \n').replaceAll('\r', '\n');
}

const FRONT_MATTER_OPENS =
  /^---[ \t]*\n(?:[ \t]*#[^\n]*\n)*(?:["']?[\p{L}_][\p{L}\p{N}_ .-]*["']?:[ \t\n]|(?:---|\.\.\.)[ \t]*(?:\n|$))/u;
const FRONT_MATTER_CLOSES = /^(?:---|\.\.\.)[ \t]*$/m;

/** A document that merely opens with a rule has no front matter: a key must follow, and a closing line. */
function frontMatterLength(text: string): number {
  if (!text.startsWith('---') || !FRONT_MATTER_OPENS.test(text)) return 0;
  const first = text.indexOf('\n') + 1;
  const closing = FRONT_MATTER_CLOSES.exec(text.slice(first));
  return closing === null ? 0 : first + closing.index + closing[0].length;
}
