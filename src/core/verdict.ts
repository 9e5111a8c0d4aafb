/**
 * What is known of a claim. One type for commands, criteria, probes and verifications. No data and NaN are never passed
 * and never failed: they are inconclusive, with the reason.
 */
export type Verdict =
  | { readonly kind: 'passed'; readonly why?: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'inconclusive'; readonly why: string }
  | { readonly kind: 'notRun'; readonly why?: string };

/** Of several claims together: failed before inconclusive before passed. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(({ kind }) => kind === 'failed') ??
    verdicts.find(({ kind }) => kind === 'inconclusive') ??
    verdicts[0] ?? { kind: 'notRun' }
  );
}
