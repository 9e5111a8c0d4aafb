import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { warmUpIn } from '../../../../src/core/operations/flush/warmUp.ts';

const fence = '```';

function summaryOf(text: string): string | undefined {
  const node = warmUpIn(openDocument(text).checklist);
  return node?.kind === 'block' ? node.summary : undefined;
}

describe('What a checklist says of warming up', () => {
  it('is the block of the item or stage that says so', () => {
    const block = `${fence}bash\nsh scripts/warm.sh\n${fence}\n`;
    assert.equal(summaryOf(`# Plan\n\n## Warm up the cache\n\n${block}`), 'sh scripts/warm.sh');
    assert.equal(
      summaryOf(`# Plan\n\n- [ ] Run the cache warming script\n\n  ${block.replaceAll('\n', '\n  ')}`),
      'sh scripts/warm.sh',
    );
    assert.equal(summaryOf(`# Plan\n\n## Deploy\n\n${block}`), undefined);
    assert.equal(summaryOf('# Plan\n\n- [ ] Cache warmed up\n'), undefined);
  });
});
