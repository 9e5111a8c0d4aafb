import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { classifyDanger } from '../../../../src/core/shell/danger/classify.ts';
import { findPlaceholders, maskPlaceholders } from '../../../../src/core/shell/placeholders.ts';
import { readShell } from '../../../../src/core/shell/read.ts';
import { fenced, parseOnly, realParser } from './parser.ts';

const TOKENS = fc.constantFrom(
  'redis-cli',
  'PING',
  ' ',
  ' ',
  ' ',
  '\n',
  '\n',
  ';',
  '&',
  '&&',
  '||',
  '|',
  '(',
  ')',
  '{',
  '}',
  '"',
  "'",
  '`',
  '$',
  '$(',
  '${',
  '$((',
  '))',
  '<',
  '>',
  '<<',
  'EOF',
  '#',
  '\\',
  'if',
  'then',
  'fi',
  'for',
  'in',
  'do',
  'done',
  'case',
  'esac',
  ';;',
  '[[',
  ']]',
  '!',
  'A=1',
  '<name>',
  '-x',
  'é',
  '🚀',
  '\t',
  '=',
  '2>&1',
);
const CODE = fc.array(TOKENS, { maxLength: 40 }).map((tokens) => tokens.join(''));

describe('reading any shell code', () => {
  it('never throws, and keeps its places inside the code and in order', () => {
    fc.assert(
      fc.property(CODE, (code) => {
        const { statements, comments, error } = readShell(maskPlaceholders(code, findPlaceholders(code)));
        let end = 0;
        for (const { span, tree } of statements) {
          assert.ok(span.start >= end && span.end > span.start && span.end <= code.length);
          end = span.end;
          classifyDanger({ tree });
        }
        for (const { start, end: to } of comments)
          assert.ok(start >= 0 && to <= code.length && code.charAt(start) === '#');
        if (error !== undefined) assert.ok(error.at >= 0 && error.at <= code.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('survives what is nested without end', () => {
    for (const part of ['(', '$(', '${', '{ ', '"$(', 'if ', '`', '$((', '<<']) {
      const { error } = readShell(part.repeat(20_001));
      assert.notEqual(error, undefined, part);
    }
  });

  it('takes apart whatever the real parser accepts, or says that it cannot', async function () {
    this.timeout(20_000);
    const parser = realParser();
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(CODE, async (code) => {
        if (code.includes('```')) return;
        const text = fenced(code);
        const { statements, error } = await parseOnly(text, parser);
        if (error === undefined) accepted++;
        for (const { range, code: own } of statements) {
          assert.equal(text.slice(range.start, range.end), own);
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(accepted > 20, 'almost nothing was shell');
  });
});
