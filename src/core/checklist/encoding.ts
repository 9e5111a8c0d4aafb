/** Characters by the byte they stand for, 0x80 upwards. */
const WINDOWS_1252 =
  '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ' +
  Array.from({ length: 96 }, (_, index) => String.fromCharCode(0xa0 + index)).join('');
const MAC_ROMAN =
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
  '¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ';

interface Encoding {
  readonly bytes: ReadonlyMap<string, number>;
  /** Without one of these a text holds nothing to repair. */
  readonly leads: RegExp;
  /** Whether a text is repaired as a whole when everything in it decodes. */
  readonly trustsWhole: boolean;
  /** Whether a sequence is so unlikely as real text that it is repaired wherever it stands. */
  isCertain(sequence: Sequence, before: string): boolean;
}

interface Sequence {
  readonly lead: number;
  readonly length: number;
  readonly character: string;
}

const byteOf = (characters: string): ReadonlyMap<string, number> =>
  new Map(Array.from(characters, (character, index) => [character, 0x80 + index]));

const ENCODINGS: readonly Encoding[] = [
  { bytes: byteOf(WINDOWS_1252), leads: /[Â-ô]/, trustsWhole: true, isCertain: ({ length }) => length > 2 },
  {
    bytes: byteOf(MAC_ROMAN),
    leads: /[¬√‚Ô\uf8ff]/,
    // `√π` may be a formula; `caf√©` is not.
    trustsWhole: false,
    isCertain: ({ lead, length, character }, before) =>
      lead === 0xe2 ||
      length === 4 ||
      character === '\ufe0f' ||
      (lead === 0xc3 && /[a-z]/i.test(before)) ||
      (lead === 0xc2 && /[a-z\d]/i.test(before)),
  },
];

/** What is left of an emoji where a program dropped bytes that Windows-1252 does not define. */
const BROKEN_EMOJI = /ðŸ[\u0080-\uffff]{0,2}/g;

/**
 * Repairs UTF-8 that was read as Windows-1252 or Mac Roman, for display: `âœ…` and `‚úÖ` become `✅`. Text that is
 * right stays as it is: sequences that could be real text are only repaired where every other character says the same.
 */
export function repairText(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text;
  let repaired = text;
  for (const encoding of ENCODINGS) if (encoding.leads.test(repaired)) repaired = repairFrom(repaired, encoding);
  return repaired.replace(BROKEN_EMOJI, '');
}

function repairFrom(text: string, encoding: Encoding): string {
  const characters = Array.from(text);
  const everywhere = encoding.trustsWhole && isDoubleEncoded(characters, encoding.bytes);
  let repaired = '';
  for (let index = 0; index < characters.length;) {
    const sequence = sequenceAt(characters, index, encoding.bytes);
    const before = characters[index - 1] ?? '';
    if (sequence !== undefined && (everywhere || encoding.isCertain(sequence, before))) {
      repaired += sequence.character;
      index += sequence.length;
    } else {
      repaired += characters[index++] ?? '';
    }
  }
  return repaired;
}

/** Whether all that is not ASCII decodes; two-byte sequences outside Latin-1 must come in company. */
function isDoubleEncoded(characters: readonly string[], bytes: ReadonlyMap<string, number>): boolean {
  let count = 0;
  let foreign = 0;
  for (let index = 0; index < characters.length;) {
    if ((characters[index] ?? '') < '\x80') {
      index++;
      continue;
    }
    const sequence = sequenceAt(characters, index, bytes);
    if (sequence === undefined) return false;
    count++;
    if (sequence.length === 2 && sequence.lead > 0xc3) foreign++;
    index += sequence.length;
  }
  return foreign === 0 || count > 1;
}

/** The character whose UTF-8 bytes the characters from `index` on stand for, if they do. */
function sequenceAt(
  characters: readonly string[],
  index: number,
  bytes: ReadonlyMap<string, number>,
): Sequence | undefined {
  const lead = bytes.get(characters[index] ?? '') ?? 0;
  const length = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length === 0 || lead > 0xf4) return undefined;
  let code = lead & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) {
    const byte = bytes.get(characters[index + offset] ?? '') ?? 0;
    if (byte < 0x80 || byte > 0xbf) return undefined;
    code = (code << 6) | (byte & 0x3f);
  }
  const smallest = length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80;
  if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return { lead, length, character: String.fromCodePoint(code) };
}
