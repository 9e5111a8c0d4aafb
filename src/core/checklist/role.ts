import type { StageRole } from './model.ts';

const ROLLBACK = /\b(?:roll(?:ing)?[ -]?backs?|back(?:ing)?[ -]?out|revert(?:ing)?)\b/i;
/** Rehearsing the way back is part of the work. */
const REHEARSAL = /\b(?:prepar\w+|readiness|rehears\w+|drills?|dry[ -]run|test(?:s|ed|ing)?)\b/i;
const TROUBLESHOOTING = /\b(?:trouble[ -]?shoot\w*|(?:common|known) (?:issues|problems|errors)|faq)\b/i;
const CONTACT = /\b(?:contacts?|escalations?|escalate|support|on-?call)\b/i;
/** What else a heading about people says: "During the night: support" is one, "Enable TLS support" is work. */
const BESIDE_CONTACT = new Set(
  `contact contacts escalation escalations escalate support on-call oncall emergency key the and or for to who whom how
  getting get help team teams people person persons list channel channels path paths matrix policy procedure procedures
  process rotation info information details numbers phone`.split(/\s+/),
);

/** What the words of a heading make of its stage; `inherited` is the role of the stage around it. */
export function roleOf(title: string, inherited: StageRole): StageRole {
  if (ROLLBACK.test(title) && !REHEARSAL.test(title)) return 'rollback';
  if (TROUBLESHOOTING.test(title)) return 'troubleshooting';
  if (CONTACT.test(title) && saysNothingElse(title)) return 'contact';
  return inherited;
}

function saysNothingElse(title: string): boolean {
  const words = title.toLowerCase().match(/\p{L}[\p{L}-]*/gu) ?? [];
  return words.every((word) => BESIDE_CONTACT.has(word));
}
