import assert from 'node:assert/strict';
import { parseMetrics } from '../../../../src/core/health/applicationMetrics.ts';
import { incidentSummary, logLine } from '../../../../src/core/rollback/record.ts';
import type { RollBackRecord } from '../../../../src/core/rollback/record.ts';
import { recordedRevisions, revisionNote } from '../../../../src/core/rollback/revisions.ts';
import { judgeRecovery, recoveryBetween, recoveryWords } from '../../../../src/core/rollback/recovery.ts';
import { environmentOf } from '../operations/ports.ts';

const begunLine = {
  type: 'begun' as const,
  id: '1',
  at: '',
  kind: 'setFlag' as const,
  title: '',
  environment: { id: '', name: 'live', tier: 'production' as const },
  machine: 'm',
  process: { pid: 1 },
  person: { os: 'o' },
  identities: [],
  plan: { effect: 'changing' as const, summary: '', targets: [], irreversible: [], undo: '', warnings: [], steps: [] },
  request: {},
};

const record: RollBackRecord = {
  environment: environmentOf({ tier: 'production' }, 'live'),
  title: 'Immediate rollback',
  result: 'failed',
  reason: 'wrong\nanswers',
  startedAtMs: Date.UTC(2026, 10, 5, 3, 4, 5),
  usedMs: 301_000,
  budgetMs: 300_000,
  why: 'The restart hung.',
  steps: [
    { id: 'flag A', title: 'Set A to 0', state: 'done', durationMs: 12, notes: ['A was 1.'] },
    { id: 'restart', title: 'Restart', state: 'failed', durationMs: 300_000, why: 'It hung.' },
    { id: 'watch', title: 'Watch', state: 'notRun' },
  ],
  findings: ['Health: “healthy”, HTTP 200.'],
};

describe('what is written down of a rollback', () => {
  it('is one line of the log, as checklists write it', () => {
    assert.equal(
      logLine(record),
      'Rollback performed at Thu Nov  5 03:04:05 UTC 2026 due to: wrong answers (live: Immediate rollback, failed, 5 min 1 s of 5 min)',
    );
    assert.match(logLine({ ...record, reason: undefined }), /due to: not given \(/);
  });

  it('is a summary for the incident: what was done, what was not, what is so now', () => {
    const text = incidentSummary(record);
    for (const said of [
      '# Immediate rollback of live (production): failed',
      '- Time: 5 min 1 s of 5 min, without watching the recovery – over budget',
      '- What is wrong or not known: The restart hung.',
      '1. Set A to 0: done (0.0 s). A was 1.',
      '2. Restart: FAILED (5 min). It hung.',
      '3. Watch: not begun',
      '- Health: “healthy”, HTTP 200.',
    ])
      assert.ok(text.includes(said), `${said}\n---\n${text}`);
  });
});

describe('revisions that were recorded', () => {
  it('are found in the journal of the environment, with what was done after', () => {
    const entry = (id: string, title: string, at: string, notes: readonly string[]) => ({
      begun: { ...begunLine, environment: { ...begunLine.environment, id }, title, at },
      steps: [{ id: 'restart', title: 'Restart', state: 'done' as const, notes }],
    });
    const entries = [
      entry('a', 'Set A to 0', '2026-11-20T11:00:00Z', [revisionNote('4')]),
      entry('b', 'Set B to 0', '2026-11-20T10:00:00Z', [revisionNote('9')]),
      entry('a', 'Set A to 1', '2026-11-20T09:00:00Z', [revisionNote('4'), 'Other.', revisionNote('3')]),
    ];
    const found = recordedRevisions(entries, 'a');
    assert.deepEqual(
      [...found].map(([revision, { before }]) => [revision, before]),
      [
        ['4', 'Set A to 0'],
        ['3', 'Set A to 1'],
      ],
    );
  });
});

describe('the recovery', () => {
  const { metrics, limits } = environmentOf({
    metrics: { hits: 'h', misses: 'm', requests: 'r', errors: 'e', latency: 'l' },
    limits: { errorRate: '1%', p95: '200ms' },
  }).settings;
  const page = (requests: number, errors: number, fast: number, slow: number) =>
    parseMetrics(
      `r ${requests}\ne ${errors}\nl_bucket{le="0.1"} ${fast}\nl_bucket{le="1"} ${fast + slow}\nl_bucket{le="+Inf"} ${fast + slow}\n`,
    ).samples;

  it('is measured between two looks, and held against the limits', () => {
    const found = recoveryBetween(page(100, 50, 10, 90), page(200, 50, 110, 90), metrics);
    assert.deepEqual([found.requests, found.errorRate], [100, 0]);
    assert.ok(Math.abs((found.p95Ms ?? 0) - 95) < 0.01, String(found.p95Ms));
    assert.equal(judgeRecovery(found, limits).kind, 'passed');
    const ill = recoveryBetween(page(100, 50, 10, 90), page(200, 60, 10, 190), metrics);
    assert.equal(
      recoveryWords(ill, judgeRecovery(ill, limits)),
      '100 requests, error rate 10.0 %, p95 955 ms; error rate over 1.0 %, p95 over 200 ms',
    );
  });

  it('begins anew with a restart, and is not told without requests or limits', () => {
    assert.equal(recoveryBetween(page(100, 5, 1, 1), page(3, 0, 3, 0), metrics).requests, 3);
    const still = recoveryBetween(page(1, 0, 1, 0), page(1, 0, 1, 0), metrics);
    assert.deepEqual(judgeRecovery(still, limits), { kind: 'inconclusive', why: 'no request came in' });
    const found = recoveryBetween(page(1, 0, 1, 0), page(9, 0, 9, 0), metrics);
    assert.equal(judgeRecovery(found, {}).kind, 'inconclusive');
  });
});
