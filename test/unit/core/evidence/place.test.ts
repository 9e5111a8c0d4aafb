import assert from 'node:assert/strict';
import type { Anchor, Evidence, KeptEvidence } from '../../../../src/core/evidence/evidence.ts';
import { AnchorIndex } from '../../../../src/core/evidence/anchorIndex.ts';
import * as place from '../../../../src/core/evidence/place.ts';

const passed: Evidence = {
  verdict: { kind: 'passed' },
  atMs: 1,
  durationMs: 1,
  where: 'here',
  by: 'run',
  what: 'redis-cli ping',
};
const failed: Evidence = { ...passed, verdict: { kind: 'failed', why: 'no answer' } };

function at(id: string, content = id.slice(id.lastIndexOf('/') + 1).replace(/~\d+$/, '')): Anchor {
  return { id, content };
}

function placeEvidence(kept: readonly KeptEvidence[], anchors: readonly Anchor[]) {
  return place.placeEvidence(kept, new AnchorIndex(anchors));
}

function keepEvidence(kept: readonly KeptEvidence[], anchors: readonly Anchor[], added: ReadonlyMap<string, Evidence>) {
  return place.keepEvidence(kept, new AnchorIndex(anchors), added);
}

describe('evidence', () => {
  const document = [at('before/back-up'), at('before/ping'), at('after/ping'), at('after/watch')];

  function kept(...entries: readonly [string, Evidence][]) {
    return keepEvidence([], document, new Map(entries));
  }

  it('stays at its item when lines are inserted, moved or removed elsewhere', () => {
    const now = [at('before/new'), at('after/watch'), at('after/ping'), at('before/ping')];
    const placed = placeEvidence(kept(['before/ping', passed], ['after/ping', failed]), now);
    assert.deepEqual(
      [...placed].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      [
        ['after/ping', failed],
        ['before/ping', passed],
      ],
    );
  });

  it('is gone when the item says something else now', () => {
    assert.equal(placeEvidence(kept(['before/ping', passed]), [at('before/ping', 'ping twice')]).size, 0);
  });

  it('moves along with a renamed heading', () => {
    const now = [at('preparation/back-up'), at('preparation/ping'), at('after/ping'), at('after/watch')];
    assert.deepEqual([...placeEvidence(kept(['before/ping', passed]), now)], [['preparation/ping', passed]]);
  });

  it('does not move where two headings could be meant', () => {
    const now = [at('first/ping'), at('second/ping'), at('after/ping')];
    assert.equal(placeEvidence(kept(['before/ping', passed]), now).size, 0);
  });

  it('does not move to an item that was there before', () => {
    const now = [at('after/ping'), at('after/watch')];
    assert.equal(placeEvidence(kept(['before/ping', passed], ['after/ping', failed]), now).get('after/ping'), failed);
    assert.equal(
      placeEvidence(kept(['before/ping', passed]), now).size,
      0,
      'it has none of its own, but stood there already',
    );
  });

  it('among twins is not shown once their number has changed: it may be any of them', () => {
    const twins = [at('a/restart'), at('a/restart~2')];
    const before = keepEvidence([], twins, new Map([['a/restart', passed]]));
    assert.equal(placeEvidence(before, twins).get('a/restart'), passed);
    assert.equal(placeEvidence(before, [...twins, at('a/restart~3')]).size, 0);
    assert.equal(placeEvidence(before, [at('a/restart')]).size, 0);
  });

  it('comes back when the document does', () => {
    const without = keepEvidence(kept(['before/ping', passed]), [at('after/watch')], new Map());
    assert.deepEqual([...placeEvidence(without, document)], [['before/ping', passed]]);
  });

  it('is replaced by newer evidence for the same item', () => {
    const newer = keepEvidence(kept(['before/ping', passed]), document, new Map([['before/ping', failed]]));
    assert.deepEqual(
      newer.map(({ id, evidence }) => [id, evidence]),
      [['before/ping', failed]],
    );
  });
});
