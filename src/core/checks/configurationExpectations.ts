import type { Checklist, ChecklistNode, CommandBlock, Item } from '../checklist/model.ts';
import type { ConfigurationExpectation, ConfigurationLimit } from './configuration.ts';
import { betweenOf, readLimit } from './limits.ts';

/**
 * What a document says a configuration file must hold: the entries below an item that names the file
 * (`config.yaml Validation:` with `pca.training_samples: 100` below it), the checks of a validating program in it, and
 * sentences such as "`similarity_threshold` must be between 0 and 1". In the order of the document, nothing twice.
 */
export function readConfigurationExpectations(checklist: Checklist, text: string): readonly ConfigurationExpectation[] {
  const found = [...inNodes(checklist.stages, undefined, text), ...inSentences(text)];
  return withoutRepetitions(found.toSorted((a, b) => a.range.start - b.range.start));
}

const FILE = /(?:^|[\s`"(/])([\w.-]+\.(?:ya?ml|json))\b/i;

function* inNodes(
  nodes: readonly ChecklistNode[],
  file: string | undefined,
  text: string,
): Generator<ConfigurationExpectation, void> {
  for (const node of nodes) {
    if (node.kind === 'block') yield* inProgram(node, text);
    const named = node.kind === 'block' ? undefined : FILE.exec(node.kind === 'stage' ? node.title : node.text)?.[1];
    if (node.kind === 'item' && file !== undefined) yield* inEntry(node, node.text, file);
    if (node.kind === 'item' && named !== undefined) for (const note of node.notes) yield* inEntry(node, note, named);
    yield* inNodes(node.children, named ?? (node.kind === 'stage' ? undefined : file), text);
  }
}

const ENTRY = /^([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*[:=]\s*(.+)$/;
const EVERY = /^(?:all|every)\b.*?\b(enabled|disabled|active)\s*[:=]\s*(true|false)\b/i;
const SECTIONS = /^(?:required |all )?(?:sections?|keys?)(?: present| required)?\s*[:=]\s*(.+)$/i;

function* inEntry({ range }: Item, words: string, file: string): Generator<ConfigurationExpectation, void> {
  const said = { file, text: words, range };
  const every = EVERY.exec(words);
  const sections = SECTIONS.exec(words)?.[1];
  const entry = ENTRY.exec(words);
  if (every !== null)
    yield { ...said, kind: 'every', path: (every[1] ?? '').toLowerCase(), value: every[2]?.toLowerCase() === 'true' };
  else if (sections !== undefined)
    for (const path of sections.match(/[A-Za-z_][\w.-]*/g) ?? []) yield { ...said, kind: 'present', path };
  else if (entry !== null) {
    const limit = readLimit(entry[1] ?? '', entry[2] ?? '');
    if (limit !== undefined) yield { ...said, ...limit };
  }
}

const REQUIRED = /\brequired_(?:keys|sections|fields|config(?:_keys)?)\s*[:=]\s*[[({]([^\])}]*)[\])}]/g;
const CHAINED = /(-?\d+(?:\.\d+)?)\s*(<=?)\s*\w+((?:\[['"][\w.-]+['"]\])+)\s*(<=?)\s*(-?\d+(?:\.\d+)?)/g;

/** A program that validates the configuration says what it holds it to. */
function* inProgram(block: CommandBlock, text: string): Generator<ConfigurationExpectation, void> {
  if (!/^(?:python|py|javascript|js|typescript|ts)$/.test(block.language)) return;
  const code = text.slice(block.code.start, block.code.end);
  for (const match of code.matchAll(REQUIRED)) {
    const said = saidAt(text, block.code.start + match.index, match[0]);
    for (const [, path = ''] of (match[1] ?? '').matchAll(/['"]([\w.-]+)['"]/g))
      yield { ...said, kind: 'present', path };
  }
  for (const match of code.matchAll(CHAINED)) {
    const [whole, low = '', lowSign = '', keys = '', highSign = '', high = ''] = match;
    const path = [...keys.matchAll(/['"]([\w.-]+)['"]/g)].map(([, key]) => key).join('.');
    yield { ...saidAt(text, block.code.start + match.index, whole), ...betweenOf(path, low, lowSign, highSign, high) };
  }
}

const SENTENCE =
  /(?<![\w.])[`"']?([A-Za-z_]\w*(?:[._][\w]+)+)[`"']?\s+(?:must|should|has to|needs to)\s+be\s+([^\n.;"')]*(?:\.\d[^\n.;"')]*)*)/g;

function* inSentences(text: string): Generator<ConfigurationExpectation, void> {
  for (const match of text.matchAll(SENTENCE)) {
    const limit = readLimit(match[1] ?? '', (match[2] ?? '').replace(/^(?:set to|equal to)\s+/, ''));
    if (limit?.kind === 'between' || (limit?.kind === 'value' && typeof limit.value !== 'string'))
      yield { ...saidAt(text, match.index, match[0]), ...limit };
  }
}

function saidAt(text: string, start: number, words: string): Omit<ConfigurationExpectation, keyof ConfigurationLimit> {
  const line = text.slice(0, start).split('\n').length - 1;
  return { file: undefined, text: words.trim(), range: { start, end: start + words.length, line } };
}

/** The same limit is often said twice, the second time by the last part of the path only. */
function withoutRepetitions(found: readonly ConfigurationExpectation[]): readonly ConfigurationExpectation[] {
  return found.filter((one, index) => {
    const alike = found.filter((other) => limitOf(other) === limitOf(one) && endsAlike(other.path, one.path));
    const fullest = alike.reduce(
      (best, other) => (other.path.length > best.path.length ? other : best),
      alike[0] ?? one,
    );
    return fullest === one && found.indexOf(one) === index;
  });
}

function limitOf(one: ConfigurationExpectation): string {
  return JSON.stringify(
    one.kind === 'between'
      ? [one.kind, one.low, one.high]
      : one.kind === 'present'
        ? [one.kind]
        : [one.kind, one.value],
  );
}

function endsAlike(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}
