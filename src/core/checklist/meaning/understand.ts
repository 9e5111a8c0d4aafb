import type { Checklist } from '../model.ts';
import { readPiecesInSteps } from './pieces.ts';
import { Understanding } from './understanding.ts';
import type { Meaning } from './types.ts';

/**
 * What a checklist means: commands with what is expected of them, criteria, alternatives, what a person has to do,
 * variables and blanks. `text` is the document the checklist was read from. At once and never throws; shell code is split
 * here well enough for showing it, and by the shell parser (`parseBlock`) only when it is shown in full or run.
 */
export function understand(checklist: Checklist, text: string): Meaning {
  const steps = understandInSteps(checklist, text);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in steps, none of them long, for a document that is large. */
export function* understandInSteps(checklist: Checklist, text: string): Generator<undefined, Meaning> {
  const understanding = new Understanding(text);
  for (const piece of yield* readPiecesInSteps(checklist, text)) {
    understanding.add(piece);
    yield;
  }
  return understanding.finish();
}
