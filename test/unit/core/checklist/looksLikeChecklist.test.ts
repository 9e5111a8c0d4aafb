import assert from 'node:assert/strict';
import { looksLikeChecklist } from '../../../../src/core/checklist/looksLikeChecklist.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';

const looks = (text: string): boolean => looksLikeChecklist(openDocument(text).checklist);

describe('what looks like a checklist', () => {
  it('has boxes, or numbered steps with commands', () => {
    assert.ok(looks('- [ ] a'));
    assert.ok(looks('```\n# [ ] a\n```'));
    assert.ok(looks('1. Start it\n\n```\ndocker compose up\n```'));
    assert.ok(looks('```\n├── Memory: at least 4 GB\n└── Network is open\n```'));
  });

  it('is no ordinary page', () => {
    assert.ok(!looks('# Readme\n\nWords.\n\n- a bullet\n\n```\nnpm install\n```'));
    assert.ok(!looks('1. One\n2. Two'));
    assert.ok(!looks('```\nsrc/\n├── a.ts\n└── b.ts\n```'));
    assert.ok(!looks(''));
  });
});
