import { detach } from './detach.ts';
import { repairText } from './encoding.ts';

/** No label is longer, however long its line is. */
const RAW_LIMIT = 2000;

const CONTINUATION = /[ \t]*\n[ \t>]*/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]+/g;
const NEEDS_CLEANING = /[*_`[<&\\~]/;
/** What no rule may touch: code, and characters that a backslash makes plain. */
const LITERAL = /\\([!-/:-@[-`{-~])|(?<!`)(`+)(?!`)(.*?[^`])\2(?!`)/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };

/** The tags people use for looks; `<your-name>` and `< 500ms` are text. */
const TAG =
  /<\/?(?:a|b|br|code|del|details|div|em|font|i|img|ins|kbd|mark|p|s|small|span|strong|sub|summary|sup|u)(?:\s[^<>]*)?\/?>/gi;

/** What a person reads in a stretch of inline Markdown, on one line: markup removed, double encoding repaired. */
export function cleanLabel(raw: string): string {
  const cut = detach(raw.slice(0, RAW_LIMIT));
  const line = repairText(cut.replace(CONTINUATION, ' ').replace(CONTROL, ' '));
  const cleaned = NEEDS_CLEANING.test(line) ? cleanInline(line) : line;
  return cleaned.replace(/ {2,}/g, ' ').trim();
}

const LINK = /!?\[((?:\\.|[^\\[\]])*)\](?:\([^()\s]*(?:\s+"[^"]*")?\)|\[[^[\]]*\])/g;

function cleanInline(line: string): string {
  if (!/[`\\]/.test(line)) return cleanMarkup(line);
  const literals: string[] = [];
  const marked = line.replace(LITERAL, (_, escaped?: string, _ticks?: string, code = '') => {
    literals.push(escaped ?? String(code).trim());
    return `\u0000${literals.length - 1}\u0000`;
  });
  // oxlint-disable-next-line no-control-regex
  return cleanMarkup(marked).replace(/\u0000(\d+)\u0000/g, (_, index: string) => literals[Number(index)] ?? '');
}

type Rule = readonly [found: string, markup: RegExp, replacement: string];

/** In this order; most labels hold one or two of the characters, and looking for those costs next to nothing. */
const RULES: readonly Rule[] = [
  ['<!--', /<!--.*?(?:-->|$)/g, ''],
  ['<', TAG, ''],
  ['<', /<([a-z][a-z\d+.-]*:[^\s<>]+)>/gi, '$1'],
  ['[', LINK, '$1'],
  ['[', LINK, '$1'], // an image inside a link
  ['**', /\*\*(?=\S)(.+?)(?<=\S)\*\*/g, '$1'],
  ['__', /(?<![\p{L}\p{N}_])__(?=\S)(.+?)(?<=\S)__(?![\p{L}\p{N}_])/gu, '$1'],
  ['*', /(?<!\*)\*(?![\s*])([^*]+)(?<!\s)\*(?!\*)/g, '$1'],
  ['_', /(?<![\p{L}\p{N}_])_(?![\s_])([^_]+(?:_[^_]+)*?)(?<!\s)_(?![\p{L}\p{N}_])/gu, '$1'],
  ['~~', /~~(?=\S)(.+?)(?<=\S)~~/g, '$1'],
];

function cleanMarkup(text: string): string {
  let cleaned = text;
  for (const [found, markup, replacement] of RULES) {
    if (cleaned.includes(found)) cleaned = cleaned.replace(markup, replacement);
  }
  return cleaned.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const SLUG_LIMIT = 48;

/** A label as part of an id: letters and digits joined by hyphens. `otherwise` where it has none. */
export function slugOf(label: string, otherwise: string): string {
  const words = label.slice(0, SLUG_LIMIT * 2).toLowerCase();
  const joined = words.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-/, '');
  const slug = joined.slice(0, SLUG_LIMIT).replace(/(?:-|[\ud800-\udbff])$/, '');
  return slug === '' ? otherwise : slug;
}
