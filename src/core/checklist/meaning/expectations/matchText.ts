import { normalizeLine } from './output.ts';

/** Whether a line that is expected occurs in a line of output. Both are normalized. `...` stands for anything. */
export type LineTest = (line: string) => boolean;

/** The test for one expected line. A single word must stand alone: `yes` is not in "yesterday". */
export function lineTest(expected: string): LineTest {
  const wanted = normalizeLine(expected);
  if (/\.{3}|…/.test(wanted)) return patternTest(wanted);
  const bytes = bytesOf(wanted);
  if (/^[\p{L}\p{N}_.%-]+$/u.test(wanted)) {
    return (line) =>
      containsWord(line, wanted) ||
      (bytes !== undefined && line.split(/[\s:="]+/).some((word) => bytesOf(word) === bytes));
  }
  return (line) => line.includes(wanted);
}

/** Parts in that order. */
function patternTest(wanted: string): LineTest {
  const parts = wanted
    .split(/\.{3,}|…/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return (line) => {
    let at = 0;
    for (const part of parts) {
      const found = line.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return true;
  };
}

function containsWord(line: string, word: string): boolean {
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
    if (
      !isWordCharacter(line.charAt(at - 1), word.charAt(0)) &&
      !isWordCharacter(line.charAt(at + word.length), word.at(-1) ?? '')
    ) {
      return true;
    }
  }
  return false;
}

function isWordCharacter(character: string, beside: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character) && /[\p{L}\p{N}_]/u.test(beside);
}

const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `512mb`, `512.00M` and `536870912` are the same: documents name sizes, servers print bytes. */
function bytesOf(word: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/.exec(word) ?? [];
  if (number === undefined) return undefined;
  const bytes = Number(number) * (FACTORS[unit] ?? 1);
  return bytes >= 1024 ? bytes : undefined;
}
