import assert from 'node:assert/strict';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import { describeHealth } from '../../../../src/core/health/monitorDiagnostics.ts';
import { hitRateOf } from '../../../../src/core/metrics/hitRate.ts';
import type { Reports } from '../../../../src/core/health/present.ts';

const nowWallMs = Date.UTC(2026, 0, 5, 12);
const { environments } = readEnvironments(
  {
    shop: {
      tier: 'staging',
      redis: { url: 'redis://localhost' },
      qdrant: { url: 'http://localhost:6333' },
      prometheus: { url: 'http://localhost:9090' },
      metrics: { hits: 'h_total', misses: 'm_total', by: 'namespace' },
      grafana: { url: 'http://localhost:3000' },
    },
  },
  undefined,
);

const reports: Reports = new Map([
  ['redis', undefined],
  [
    'qdrant',
    {
      state: 'down',
      summary: 'login failed',
      readAtMs: nowWallMs - 60_000,
      failure: { code: 'authentication', message: 'It said: hunter2-key is wrong.', next: 'Set a new one.' },
      readings: [{ id: 'a', label: 'Version', value: 'Qdrant 1.16.3', state: 'unknown', detail: 'Not read\n  now.' }],
    },
  ],
  [
    'prometheus',
    {
      state: 'healthy',
      summary: 'healthy',
      readAtMs: nowWallMs,
      readings: [
        { id: 'targets', label: 'Targets', value: '1 of 1 up', state: 'healthy', readAtMs: nowWallMs - 5000 },
        { id: 'series', label: 'Series in memory', value: '6', state: 'fact' },
      ],
      hitRates: [
        {
          source: 'prometheus',
          rate: hitRateOf(750, 250, 300_000),
          parts: [{ kind: 'namespace', name: 'search', rate: hitRateOf(75, 25, 300_000) }],
          samples: 20,
          newestAtMs: nowWallMs - 5000,
          restart: 'Counters began anew.',
        },
      ],
    },
  ],
]);

describe('an environment’s health as text', () => {
  const [shop] = environments;
  assert.ok(shop);
  const text = describeHealth(shop, reports, { nowWallMs, version: '0.1.0', secrets: ['hunter2-key'] });

  it('says what was read, when and by which rule', () => {
    assert.equal(
      text,
      `# Health of shop (staging)

Cache Ops 0.1.0, 2026-01-05 12:00:00 UTC

## Hit rate

75.0 %, last 5 min · Prometheus.

- search: 75.0 % · 75 hits, 25 misses
- From Prometheus: 75.0 %, last 5 min, 20 samples · in use · About 750 hits, 250 misses. · Window: last 5 min. · Source: Prometheus, 20 samples; the newest at 2026-01-05 11:59:55 UTC, 5 s ago. · Counters began anew.
- From Redis keyspace: no data: not read yet

## Redis

Not read yet.

## Qdrant

State: down (login failed). Last read 2026-01-05 11:59:00 UTC.
It said: ••• is wrong. Set a new one.
Code: authentication.

- Version: Qdrant 1.16.3 [unknown] – Not read now.

## Prometheus

State: healthy (healthy). Last read 2026-01-05 12:00:00 UTC.

- Targets: 1 of 1 up [healthy] Read 2026-01-05 11:59:55 UTC.
- Series in memory: 6

## Grafana

Not watched by this version.
`,
    );
  });

  it('holds no secret', () => {
    assert.ok(!text.includes('hunter2'));
  });
});
