import { quote } from '../run/quote.ts';

/** An argument list as one would type it; for plans, never to be run. */
export function commandWords(args: readonly string[]): string {
  return args.map((one) => (/^[\w./:@%+,=-]+$/.test(one) ? one : quote(one))).join(' ');
}
