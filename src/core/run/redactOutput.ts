import { redact } from '../environment/references.ts';
import { longestForm, whereSecretMayBegin } from './secretBeginnings.ts';

/**
 * `redact` for text that comes in pieces: a secret is found wherever the pieces are split. What may be the beginning of
 * a secret is held back until the next piece, or `end`, decides; everything else passes at once.
 */
export class OutputRedactor {
  readonly #secrets: readonly string[];
  readonly #longest: number;
  #held = '';

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== '');
    this.#longest = Math.max(0, ...this.#secrets.map(longestForm));
  }

  push(piece: string): string {
    if (this.#secrets.length === 0) return piece;
    const text = this.#held + piece;
    const cut = this.#safeLength(text);
    this.#held = text.slice(cut);
    return redact(text.slice(0, cut), this.#secrets);
  }

  /** What was held back. */
  end(): string {
    const rest = redact(this.#held, this.#secrets);
    this.#held = '';
    return rest;
  }

  /** Up to where no secret can begin that is not yet there as a whole. */
  #safeLength(text: string): number {
    let begin = this.#nextBeginning(text, 0);
    while (begin < text.length && this.#isInsideSecret(text, begin)) begin = this.#nextBeginning(text, begin + 1);
    return begin;
  }

  #nextBeginning(text: string, from: number): number {
    return Math.min(...this.#secrets.map((secret) => whereSecretMayBegin(text, secret, from)));
  }

  /** Whether a whole secret begins before the index and ends after it: another cannot begin there, and it must not be cut. */
  #isInsideSecret(text: string, index: number): boolean {
    const near = text.slice(Math.max(0, index - this.#longest), index);
    const rest = text.slice(index);
    return redact(near + rest, this.#secrets) !== redact(near, this.#secrets) + redact(rest, this.#secrets);
  }
}
