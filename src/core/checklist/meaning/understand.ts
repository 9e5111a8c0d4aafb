import type { Checklist } from '../model.ts';
import { readPieces } from './pieces.ts';
import { Understanding } from './understanding.ts';
import type { Meaning } from './types.ts';

/**
 * What a checklist means: commands with what is expected of them, criteria, alternatives, what a person has to do,
 * variables and blanks. `text` is the document the checklist was read from. At once and never throws; shell code is split
 * here well enough for showing it, and by the shell parser (`parseBlock`) only when it is shown in full or run.
 */
export function understand(checklist: Checklist, text: string): Meaning {
  const understanding = new Understanding(text);
  for (const piece of readPieces(checklist, text)) understanding.add(piece);
  return understanding.finish();
}
