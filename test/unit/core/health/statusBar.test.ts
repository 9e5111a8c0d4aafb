import assert from 'node:assert/strict';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';
import { presentStatusBar } from '../../../../src/core/health/statusBar.ts';
import { hitRateOf } from '../../../../src/core/metrics/hitRate.ts';

const noon = new Date(2026, 0, 5, 12, 0, 0).getTime();

function environmentOf(settings: object): Environment {
  const { environments, problems } = readEnvironments({ shop: settings }, undefined);
  assert.deepEqual(problems, []);
  const [environment] = environments;
  assert.ok(environment);
  return environment;
}

const local = environmentOf({
  redis: { url: 'redis://localhost' },
  limits: { hitRate: { warning: '60%', critical: '30%' } },
});
const remote = environmentOf({
  redis: { url: 'redis://cache.example.org' },
  qdrant: { url: 'http://vectors.example.org:6333' },
});
const healthy: ServiceReport = { state: 'healthy', summary: 'healthy', readings: [], readAtMs: noon - 3_000 };
const refused: ServiceReport = {
  state: 'down',
  summary: 'connection refused',
  readings: [],
  readAtMs: noon - 60_000,
  failure: { code: 'refused', message: 'cache:6379 refused the connection.', next: 'Check the port.' },
};

describe('status bar', () => {
  it('names environment, tier and rate, and says in the tooltip what the rate rests on', () => {
    const view = presentStatusBar(local, undefined, healthy, hitRateOf(835, 165, 300_000), noon);
    assert.equal(view.text, '$(database) shop (development) 83.5 % keyspace hits');
    assert.equal(view.judgement, 'ok');
    const tooltip = view.tooltip.join('\n');
    assert.match(tooltip, /835 hits, 165 misses\./);
    assert.match(tooltip, /Window: last 5 min\./);
    assert.match(tooltip, /keyspace_hits and keyspace_misses/);
    assert.match(tooltip, /Read at 11:59:57\./);
  });

  it('warns below the limits, and says which', () => {
    const warned = presentStatusBar(local, undefined, healthy, hitRateOf(5, 5, 300_000), noon);
    assert.equal(warned.judgement, 'warning');
    assert.match(warned.text, /50\.0 % keyspace hits, warning$/);
    assert.match(warned.tooltip.join('\n'), /Below the warning limit of 60.0 %\./);
    assert.equal(presentStatusBar(local, undefined, healthy, hitRateOf(1, 9, 300_000), noon).judgement, 'critical');
  });

  it('says when the rate is the one since start', () => {
    assert.match(
      presentStatusBar(local, undefined, healthy, hitRateOf(8, 2, undefined), noon).text,
      /80\.0 % keyspace hits since start$/,
    );
  });

  it('tells no traffic from no data, and neither is 0 %', () => {
    assert.match(presentStatusBar(local, undefined, healthy, hitRateOf(0, 0, 300_000), noon).text, /no traffic$/);
    const down = presentStatusBar(local, undefined, refused, { kind: 'noData', why: 'connection refused' }, noon);
    assert.match(down.text, /no data: Redis connection refused$/);
    assert.match(down.tooltip.join('\n'), /Last read at 11:59:00\./);
    assert.match(down.tooltip.join('\n'), /No data: connection refused\.\ncache:6379 refused the connection\./);
  });

  it('says that a tier was assumed', () => {
    assert.match(
      presentStatusBar(remote, 'api', undefined, { kind: 'noData', why: 'not read yet' }, noon).text,
      /api: shop \(production, assumed\)/,
    );
  });
});
