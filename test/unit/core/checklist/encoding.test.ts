import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { repairText } from '../../../../src/core/checklist/encoding.ts';
import { outlineOf, readFixture } from './outline.ts';

/** UTF-8 read as Windows-1252, as browsers and editors do it. */
function misread(text: string): string {
  return new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
}

describe('double-encoded text', () => {
  it('is repaired where labels are shown', () => {
    assert.deepEqual(outlineOf(readFixture('misread-windows-1252.md')), [
      '# 🚀 Rollout',
      '  [ ] ✅ Hit rate ≥ 60\u00a0%',
      '  [ ] Café — naïve über',
      '  # Bugs',
      '    $ yaml: Checks:',
      '      ├ Redis answers in time',
      '        ├ Latency is below 5 ms',
      '      ├ Memory is below the limit',
    ]);
    assert.deepEqual(outlineOf(readFixture('misread-mac-roman.md')), [
      '# 🚀 Rollout',
      '  [ ] ✅ Hit rate — at least 60 %',
      '  [ ] Café, ⚠️ careful',
      '  $ yaml: Checks:',
      '    ├ Redis answers in time',
      '      ├ Latency is below 5 ms',
      '    ├ Memory is below the limit',
    ]);
  });

  it('is repaired whatever it said', () => {
    const words = fc.constantFrom('naïve', 'Größe', 'précis', '≥', '→', '✅', '🚀', '…', '“so”', '90°', '±', 'plain');
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), (parts) => {
        const text = parts.join(' ');
        assert.equal(repairText(misread(text)), text);
      }),
    );
  });

  it('is left alone where it is right', () => {
    const right = [
      'é',
      'Ã',
      'Â',
      'São Paulo, SÃO PAULO, AMANHÃ',
      '“AMANHÔ',
      'CAFÉ™',
      '„MENÜ“',
      'Ünïcödé',
      '√π and √2',
      '‚Übung‘',
      '✅ 🚀 ⚠️ → ≥',
      'Привет',
      '日本語',
      '\u0080\ud800',
    ];
    for (const text of right) assert.equal(repairText(text), text);
  });

  it('is repaired beside text that is right', () => {
    assert.equal(repairText('âœ… Überprüft'), '✅ Überprüft');
  });

  it('loses an emoji of which bytes are missing', () => {
    assert.equal(repairText('ðŸ› Bugs'), ' Bugs');
  });
});
