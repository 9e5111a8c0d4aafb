import { isCommand } from './commandLike.ts';
import { readExpectation } from './expectations/read.ts';
import type { Expectation } from './expectations/types.ts';

/** What a comment in a block says of the output of a command. */
export type CommentMeaning =
  | { readonly kind: 'expectation'; readonly expectation: Expectation; readonly far: boolean }
  /** The lines below it say what is expected. */
  | { readonly kind: 'begins'; readonly text: string }
  /** Said before the commands it is about: "All should pass". */
  | { readonly kind: 'all'; readonly expectation: Expectation };

const EXPECTED =
  /^(?:the\s+)?(?:expected|expect)(?:\s+(?:output|results?|responses?|values?|answer))?\s*(?:[:=]\s*(.*)|$)/i;
const EXPECTED_CHANGE = /^expected\s+(?:reduction|improvement|saving|increase|change)s?\s*:\s*(.+)$/i;
const OUTPUT = /^(?:output|returns?|result|→|->|=>)\s*:?\s+(.+)$/i;
const VERBS = 'return|show|print|output|display|see|give|contain|include|list|report|respond with|say|match|read';
const SHOULD_QUOTE = new RegExp(`^(?:it |this |you )?should\\s+(?:be|${VERBS})\\s*:\\s*(.+)$`, 'i');
const SHOULD_DESCRIBE = new RegExp(`^(?:it |this |you )?should\\s+(?:${VERBS})\\s+(.+)$`, 'i');
const SHOULD_BE = /^(?:it |this |output )?should\s+be\s+(.+)$/i;
const SUCCEEDS = /^(?:it |this )?should\s+(?:work|pass|succeed|run|complete)\b/i;
const ALL_SUCCEED = /^(?:all|both|these)(?:\s+\w+)?\s+should\s+(?:work|pass|succeed|be ok)\b/i;
const SHOULD = /^[A-Z][\w ,–—-]*\bshould\b/;
const FOR_A_PERSON = /^(?:check\s*:|ensure\b|make sure\b|compare\b|confirm\b)/i;

/** Undefined where a comment says nothing of an output. `command` is the code of the command it would be about. */
export function readComment(text: string, command: string): CommentMeaning | undefined {
  const expected = EXPECTED.exec(text);
  if (expected !== null) return readExpected(expected[1]?.trim() ?? '', command);
  const change = EXPECTED_CHANGE.exec(text)?.[1];
  if (change !== undefined) return meaning(readExpectation(change, { command, describes: true }), true);
  if (ALL_SUCCEED.test(text)) return { kind: 'all', expectation: { kind: 'success', text } };
  if (SUCCEEDS.test(text)) return meaning({ kind: 'success', text }, false);
  const quoted = SHOULD_QUOTE.exec(text)?.[1] ?? OUTPUT.exec(text)?.[1];
  if (quoted !== undefined) return meaning(readExpectation(quoted, { command }), false);
  const described = SHOULD_DESCRIBE.exec(text)?.[1] ?? SHOULD_BE.exec(text)?.[1];
  if (described !== undefined)
    return meaning(withText(readExpectation(described, { command, describes: true }), text), false);
  return readForPerson(text, command);
}

function readExpected(rest: string, command: string): CommentMeaning | undefined {
  if (rest === '' || isOpen(rest)) return { kind: 'begins', text: rest };
  return meaning(readExpectation(rest, { command }), true);
}

/** JSON that goes on in the next comment. */
function isOpen(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  const open = text.match(/[[{]/g)?.length ?? 0;
  const closed = text.match(/[\]}]/g)?.length ?? 0;
  return open > closed;
}

function readForPerson(text: string, command: string): CommentMeaning | undefined {
  if (SHOULD.test(text)) return meaning(withText(readExpectation(text, { command, describes: true }), text), true);
  if (!FOR_A_PERSON.test(text)) return undefined;
  const rest = text.replace(/^check\s*:\s*/i, '');
  return meaning({ kind: 'human', text, command: isCommand(rest) ? rest : undefined }, false);
}

function withText(expectation: Expectation | undefined, text: string): Expectation | undefined {
  return expectation === undefined ? undefined : { ...expectation, text };
}

/** `far`: it is about the command before it even where a blank line stands between. */
function meaning(expectation: Expectation | undefined, far: boolean): CommentMeaning | undefined {
  return expectation === undefined ? undefined : { kind: 'expectation', expectation, far };
}
