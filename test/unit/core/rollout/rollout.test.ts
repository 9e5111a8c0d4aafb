import assert from 'node:assert/strict';
import type { Meaning, StatusLine } from '../../../../src/core/checklist/meaning/types.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { applyEdits } from '../../../../src/core/rollout/applyEdits.ts';
import { changeRecord } from '../../../../src/core/rollout/changeRecord.ts';
import { finishEdits } from '../../../../src/core/rollout/finishRollout.ts';
import {
  byEnvironment,
  presentRollout,
  presentRollouts,
  rolloutsLine,
} from '../../../../src/core/rollout/presentRollouts.ts';
import { formatMoment, frontMatterOf, readRollout } from '../../../../src/core/rollout/rollout.ts';
import type { Rollout } from '../../../../src/core/rollout/rollout.ts';
import { rolloutFileName, rolloutText } from '../../../../src/core/rollout/startRollout.ts';
import { looksLikeChecklist } from '../../../../src/core/checklist/looksLikeChecklist.ts';

const rollout: Rollout = {
  checklist: 'docs/cache-checklist.md',
  environment: 'staging',
  tier: 'staging',
  commit: '0123456789abcdef0123456789abcdef01234567',
  branch: 'main',
  who: 'Operations',
  started: '2025-03-04T10:00:00+01:00',
  finished: undefined,
  outcome: 'In Progress',
};

/** A meaning that holds the status line a document has, as understood: options are what stands between bars. */
function meaningOf(text: string): Meaning {
  const found = /\*\*Status:\*\*(.*)/.exec(text);
  if (found === null) return empty;
  const start = found.index + found[0].length - (found[1]?.length ?? 0);
  const line: StatusLine = {
    range: { start, end: start + (found[1]?.length ?? 0), line: 0 },
    value: undefined,
    options: optionsIn(found[1] ?? '', start),
  };
  return { ...empty, status: [line] };
}

function optionsIn(said: string, start: number): StatusLine['options'] {
  if (!said.includes('|')) return [];
  let at = start;
  return said.split('|').map((part) => {
    const option = {
      label: part.replace(/\[.\]|[^A-Za-z ]/g, '').trim(),
      range: { start: at, end: at + part.length, line: 0 },
      chosen: false,
    };
    at += part.length + 1;
    return option;
  });
}

const empty: Meaning = {
  items: new Map(),
  blocks: new Map(),
  criteria: [],
  choices: [],
  variables: [],
  blanks: [],
  signOff: [],
  status: [],
};

const start = (text: string): string =>
  rolloutText({ text, checklist: openDocument(text).checklist, meaning: meaningOf(text) }, rollout);

describe('starting a rollout', () => {
  it('clears every box, task or commented, and changes nothing else', () => {
    const text =
      '# A\r\n\r\n- [x] one\r\n  * [X] two\r\n- [ ] three\r\n\r\n```sh\r\n# [x] four\r\necho "[x]"\r\n```\r\n';
    const copy = start(text);
    assert.ok(copy.endsWith(text.replace('[x] one', '[ ] one').replace('[X]', '[ ]').replace('# [x]', '# [ ]')));
    assert.equal(openDocument(copy).checklist.progress.done, 0);
  });

  it('binds the copy to its environment', () => {
    assert.deepEqual(readRollout(start('# A\n\n- [x] one\n')), rollout);
    assert.deepEqual(readRollout(start('---\ntitle: A\n---\n# A\n')), rollout);
    assert.equal(readRollout('---\nchecklist: a\nenvironment: b\n---\n'), undefined);
    assert.equal(readRollout('---\nchecklist: a\nenvironment: b\nstarted: soon\n---\n'), undefined);
    assert.equal(readRollout('# Any document\n'), undefined);
  });

  it('says that it is in progress', () => {
    assert.match(
      start('# A\n\n**Status:** ⬜ Pending | ⬜ In Progress | ⬜ Complete\n'),
      /⬜ Pending \| ✅ In Progress \| ⬜ Complete\n/,
    );
    assert.match(start('# A\n\n**Status:** Ready for it  \nMore\n'), /\*\*Status:\*\* In Progress {2}\nMore/);
  });

  it('is named after day, environment and template', () => {
    assert.equal(rolloutFileName(rollout), '2025-03-04-staging-cache-checklist.md');
    assert.equal(
      rolloutFileName({ ...rollout, environment: 'EU / prod', checklist: 'A.markdown' }),
      '2025-03-04-eu-prod-A.md',
    );
  });

  it('knows its moment with the offset of the machine', () => {
    const moment = formatMoment(new Date(Date.UTC(2025, 0, 2, 3, 4, 5)));
    assert.match(moment, /^2025-01-0\dT\d\d:\d\d:05[+-]\d\d:\d\d$/);
    assert.equal(Date.parse(moment), Date.UTC(2025, 0, 2, 3, 4, 5));
  });
});

describe('finishing a rollout', () => {
  const finish = (text: string, outcome: Rollout['outcome']): string =>
    applyEdits(text, finishEdits(text, meaningOf(text), outcome, '2025-03-04T11:30:00+01:00'));

  it('fills front matter and status line', () => {
    const done = finish(
      start('# A\n\n**Status:** ⬜ Pending | ⬜ In Progress | ⬜ Complete | ⬜ Rolled Back\n'),
      'Rolled Back',
    );
    assert.match(done, /⬜ Pending \| ⬜ In Progress \| ⬜ Complete \| ✅ Rolled Back\n/);
    assert.deepEqual(readRollout(done), { ...rollout, outcome: 'Rolled Back', finished: '2025-03-04T11:30:00+01:00' });
  });

  it('sets the marks a document uses, double-encoded ones too', () => {
    assert.match(
      finish('**Status:** [x] In Progress | [ ] Complete', 'Complete'),
      /\[ \] In Progress \| \[x\] Complete/,
    );
    assert.match(finish('**Status:** â¬œ In Progress | â¬œ Complete', 'Complete'), /â¬œ In Progress \| âœ… Complete/);
    assert.match(finish('**Status:** ☐ Pending | ☐ Complete', 'Complete'), /☐ Pending \| ☑ Complete/);
  });

  it('says it in words where no option fits', () => {
    assert.match(finish('**Status:** ⬜ Good | ⬜ Bad', 'Complete'), /\*\*Status:\*\* Complete$/);
    assert.match(finish('**Status:** Pending / Complete', 'Complete'), /\*\*Status:\*\* Complete$/);
  });
});

describe('the change record', () => {
  const text = start(
    '# Turn on\n\n## Before\n\n- [ ] Back up\n  - [ ] Redis <main>\n- [ ] Tell\n\n## Rollback\n\n- [ ] Flag off\n',
  ).replace('[ ] Back up', '[x] Back up');
  const { checklist } = openDocument(text);
  const id = (name: string): string => {
    const found = checklist.stages
      .flatMap((stage) => stage.children)
      .flatMap((node) => [node, ...node.children])
      .find((node) => node.kind === 'item' && node.text === name);
    assert.ok(found, name);
    return found.id;
  };
  const record = (remark = ''): string =>
    changeRecord({
      rollout: {
        ...rollout,
        outcome: 'Complete',
        finished: '2025-03-04T11:30:00+01:00',
        commit: `${rollout.commit ?? ''}+`,
      },
      checklist,
      copy: '2025-03-04-staging-cache-checklist.md',
      evidence: new Map([
        [id('Back up'), { verdict: { kind: 'failed', why: 'exit code 1' }, where: '10:05, redis-1:6379' }],
      ]),
      remark,
    });

  it('says what, where, who, when and what was left open', () => {
    const said = record('A line\nand *another*');
    for (const part of [
      '# Change record: Turn on\n',
      '| Outcome | Complete, 1 of 3 items ticked |',
      '| Environment | staging (staging) |',
      '| Who | Operations |',
      '(after 1 h 30 min)',
      '0123456789abcdef0123456789abcdef01234567, with changes that were not committed (main)',
      '> A line\n> and \\*another\\*',
      '## Left open\n\n- ☐ Redis \\<main\\> *(Before)*\n- ☐ Tell *(Before)*\n',
      '## Before\n\n- ☑ Back up: failed, exit code 1 (10:05, redis-1:6379)\n',
      '## Rollback\n\n- ☐ Flag off\n',
    ])
      assert.ok(said.includes(part), `${part}\n\n${said}`);
  });

  it('is not itself a checklist', () => {
    assert.equal(looksLikeChecklist(openDocument(record()).checklist), false);
    assert.equal(readRollout(record()), undefined);
  });
});

describe('rollouts side by side', () => {
  const one = (environment: string, started: string, done: number, outcome: Rollout['outcome'] = 'In Progress') => ({
    id: `file:///${environment}-${started}.md`,
    path: `rollouts/${environment}.md`,
    rollout: { ...rollout, environment, started, outcome, finished: outcome === 'In Progress' ? undefined : started },
    progress: { done, total: 34 },
  });
  const all = [
    one('sandbox', '2025-01-01T00:00:00Z', 34, 'Complete'),
    one('staging', '2025-01-02T00:00:00Z', 0),
    one('sandbox', '2025-01-03T00:00:00+05:00', 3),
  ];

  it('are one line, the newest of each environment', () => {
    assert.equal(rolloutsLine(all), 'sandbox 3 of 34 · staging 0 of 34');
    assert.equal(rolloutsLine(all.slice(0, 1)), 'sandbox 34 of 34, Complete');
    assert.equal(rolloutsLine([]), undefined);
  });

  it('keep their history', () => {
    assert.deepEqual(
      byEnvironment(all).map((group) => group.map(({ progress }) => progress.done)),
      [[3, 34], [0]],
    );
  });

  it('are rows that say in words what they show', () => {
    const row = presentRollouts('file:///a.md', all);
    assert.equal(row.spoken, 'Rollouts, sandbox 3 of 34, staging 0 of 34');
    const [newest] = byEnvironment(all)[0] ?? [];
    assert.ok(newest);
    assert.deepEqual(
      [presentRollout(newest, 1, 'newest')].map(({ label, description, expandable, contextValue }) => [
        label,
        description,
        expandable,
        contextValue,
      ]),
      [['sandbox', '3 of 34, 2025-01-03', 'collapsed', 'rollout.open']],
    );
    assert.equal(frontMatterOf(newest.rollout)['finished'], undefined);
  });
});
