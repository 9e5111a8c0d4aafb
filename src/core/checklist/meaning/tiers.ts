import type { Tier } from '../../environment/environment.ts';

const NAMES: Readonly<Record<string, readonly Tier[]>> = {
  dev: ['development'],
  development: ['development'],
  local: ['development'],
  test: ['development'],
  staging: ['staging'],
  stage: ['staging'],
  prod: ['production'],
  production: ['production'],
  'non-production': ['development', 'staging'],
  'non-prod': ['development', 'staging'],
  nonprod: ['development', 'staging'],
};

const NAME = '(non-?production|non-?prod|development|dev|local|test|staging|stage|production|prod)';
const LISTED = `${NAME}(?:(?:\\s*(?:/|,|and|or|&)\\s*)${NAME})?`;
const ONLY = [
  new RegExp(`\\b${LISTED}(?:\\s+(?:environments?|tiers?))?[ -]only\\b`, 'i'),
  new RegExp(`\\bonly\\s+(?:in|on|for)\\s+(?:the\\s+)?${LISTED}\\b`, 'i'),
];
const NEVER =
  /\b(?:never|not|don['’]t\s+\w+|do not\s+(?:run|use)(?:\s+this)?)\s+(?:run\s+|use\s+)?(?:in|on|for)\s+(?:the\s+)?prod(?:uction)?\b/i;

/** The tiers a text binds what it says to: "(DEVELOPMENT ONLY)", "only in staging", "never in production". */
export function tiersOf(text: string): readonly Tier[] | undefined {
  if (!/\b(?:only|prod)/i.test(text)) return undefined;
  if (NEVER.test(text)) return ['development', 'staging'];
  for (const pattern of ONLY) {
    const [, first, second] = pattern.exec(text) ?? [];
    if (first === undefined) continue;
    const tiers = [first, second].flatMap((name) => NAMES[name?.toLowerCase() ?? ''] ?? []);
    return [...new Set(tiers)];
  }
  return undefined;
}

/** What both allow. */
export function bothTiers(
  outer: readonly Tier[] | undefined,
  inner: readonly Tier[] | undefined,
): readonly Tier[] | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return outer.filter((tier) => inner.includes(tier));
}
