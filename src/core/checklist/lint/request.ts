import type { Span } from '../../shell/types.ts';
import type { LintCommand, LintWord } from './events.ts';

/** What curl or wget is told to fetch. */
export interface LintRequest {
  readonly method: string;
  readonly word: LintWord;
  /** Host and port as written: `$QDRANT_HOST:$QDRANT_PORT`. */
  readonly authority: string;
  /** `/` where the address has none; without query. */
  readonly path: string;
  /** The path in the document; undefined where it cannot be told, or is not written. */
  readonly pathRange: Span | undefined;
  /** What is sent, as written; '' where nothing is. */
  readonly body: string;
}

const WITH_VALUE = new Set(
  `-X -d -H -o -u -F -A -b -c -e -m -w -T -E -x --request --data --data-raw --data-binary --data-urlencode --json
  --header --output --user --form --user-agent --cookie --cookie-jar --referer --max-time --connect-timeout
  --write-out --upload-file --cert --cacert --key --proxy --retry --retry-delay --post-data --post-file
  --method --body-data --timeout --tries`.split(/\s+/),
);
const BODY = new Set(['-d', '-F', '--data', '--data-raw', '--data-binary', '--json', '--post-data', '--body-data']);
const METHOD = new Set(['-X', '--request', '--method']);

/** The requests of a command that calls curl or wget. */
export function requestsOf({ words }: LintCommand): readonly LintRequest[] {
  const program = words.findIndex(({ text }) => /^(?:\S*\/)?(?:curl|wget)$/.test(text));
  if (program < 0 || /^(?:echo|printf|which|apt|apt-get|man)$/.test(words[0]?.text ?? '')) return [];
  let method: string | undefined;
  let body = '';
  const addresses: LintWord[] = [];
  for (let index = program + 1; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    if (!word.text.startsWith('-')) addresses.push(word);
    else if (/^-X./.test(word.text)) method = word.text.slice(2);
    else if (/^--(?:request|method)=/.test(word.text)) method = word.text.replace(/^[^=]*=/, '');
    else if (WITH_VALUE.has(word.text)) {
      const value = words[++index]?.text ?? '';
      if (METHOD.has(word.text)) method = value;
      if (BODY.has(word.text)) body += value;
    }
  }
  const sent = body === '' ? 'GET' : 'POST';
  return addresses.flatMap((word) => requestOf(word, (method ?? sent).toUpperCase(), body) ?? []);
}

const ADDRESS = /^(?:https?:\/\/)?([^/?#\s]+)(\/[^?#]*)?(?:[?#]|$)/;

function requestOf(word: LintWord, method: string, body: string): LintRequest | undefined {
  const match = ADDRESS.exec(word.text);
  if (match === null || !/^https?:\/\/|^\$|[:.]|^localhost/.test(word.text)) return undefined;
  const [, authority = '', path] = match;
  const at = path === undefined ? -1 : word.raw.indexOf(path, word.raw.indexOf(authority) + authority.length);
  const start = word.range.start + at;
  const pathRange = at < 0 ? undefined : { start, end: start + (path?.length ?? 0) };
  return { method, word, authority, path: path ?? '/', pathRange, body };
}
