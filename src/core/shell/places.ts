import type { Place } from './quote.ts';
import type { Placeholder, Redirection, ShellNode, SimpleCommand, Word } from './types.ts';
import { commandsIn, wordsOf } from './walk.ts';

/**
 * Programs whose arguments may be code, in some language: a value there must be plain. Where the shell itself reads a
 * word twice (`[[ … -eq … ]]`, `let`, `printf -v`), it can run commands as well.
 */
const READS_CODE = new Set(
  `bash sh zsh dash ksh eval source . ssh su watch xargs parallel find env awk gawk mawk sed perl python python2 python3
  node ruby php jq yq psql mysql mariadb sqlite3 mongo mongosh trap alias let declare typeset local export readonly unset
  read printf test [ mapfile readarray exec nohup nice timeout sudo doas git tar rsync vi vim make crontab at`.split(
    /\s+/,
  ),
);

/** Those of them whose plain operands are no code: it is only their options and quoted scripts that are. */
const MOSTLY_PLAIN = new Set(
  'sudo doas git tar rsync ssh exec nohup nice timeout export readonly printf test [ find env xargs'.split(' '),
);

/** Where each placeholder of a statement stands; undefined for one in a comment, which is left alone. */
export function placeOf(placeholder: Placeholder, tree: ShellNode): Place | undefined {
  return placeIn(placeholder, [tree], false);
}

function placeIn(placeholder: Placeholder, nodes: readonly ShellNode[], inCode: boolean): Place | undefined {
  for (const node of nodes) {
    const place = placeInNode(placeholder, node, inCode);
    if (place !== undefined) return place;
  }
  return undefined;
}

function placeInNode(placeholder: Placeholder, node: ShellNode, inCode: boolean): Place | undefined {
  for (const word of wordsOf(node)) {
    if (!holds(word, placeholder)) continue;
    const nested = placeIn(placeholder, commandsIn(word), inCode);
    return nested ?? placeInWord(placeholder, word, inCode || isCode(placeholder, word, node), node);
  }
  return node.kind === 'compound' ? placeIn(placeholder, node.commands, inCode) : undefined;
}

function holds({ span }: { readonly span: Word['span'] }, { at }: Placeholder): boolean {
  return span.start <= at.start && at.end <= span.end;
}

function placeInWord(placeholder: Placeholder, word: Word, isCodeHere: boolean, node: ShellNode): Place {
  const part = word.parts.find((one) => holds(one, placeholder));
  const isPlain = part?.kind === 'text';
  const quote = part?.quote ?? 'none';
  const opening = quote === 'single' || quote === 'double' ? 1 : 0;
  const startsWord = placeholder.at.start <= word.span.start + opening;
  return {
    quote,
    startsWord,
    isCode: isCodeHere || !isPlain,
    isProgram: node.kind === 'simple' && isProgram(word, node, startsWord),
  };
}

/** Programs that run what follows their options. */
const RUNS = new Set('sudo doas exec nohup nice timeout env xargs command builtin time stdbuf setsid watch'.split(' '));

/** The first word, also behind `sudo -u app`: nothing but options, their values and assignments between. */
function isProgram(word: Word, { words }: SimpleCommand, startsWord: boolean): boolean {
  const index = words.indexOf(word);
  if (index <= 0 || !startsWord || !RUNS.has(baseName(words[0]))) return index === 0;
  return words.slice(1, index).every(({ literal }, at) => {
    const before = words[at]?.literal ?? '';
    return literal === undefined || /^-|^\d+[smhd]?$|^\w+=/.test(literal) || (at > 0 && before.startsWith('-'));
  });
}

function baseName(word: Word | undefined): string {
  return word?.literal?.replace(/^.*\//, '') ?? '';
}

function isCode(placeholder: Placeholder, word: Word, node: ShellNode): boolean {
  if (node.kind === 'compound') return node.form === 'test' || node.form === 'case';
  if (isRedirected(word, node.redirections)) return feedsCode(node);
  const programs = node.words.map(baseName);
  const readers = programs.filter((program, index) => index < node.words.indexOf(word) && READS_CODE.has(program));
  if (readers.length === 0) return false;
  const part = word.parts.find((one) => holds(one, placeholder));
  const isWholeWord = placeholder.at.start === word.span.start && placeholder.at.end === word.span.end;
  const isQuoted = part !== undefined && part.quote !== 'none';
  const isOptionValue = node.words[node.words.indexOf(word) - 1]?.literal?.startsWith('-') ?? false;
  return isQuoted || isOptionValue || !isWholeWord || !readers.every((program) => MOSTLY_PLAIN.has(program));
}

function isRedirected(word: Word, redirections: readonly Redirection[]): boolean {
  return redirections.some(({ target, body }) => target === word || body === word);
}

/** `bash << EOF`: the here-document is code. */
function feedsCode({ words }: SimpleCommand): boolean {
  return words.some((word) => READS_CODE.has(baseName(word)));
}
