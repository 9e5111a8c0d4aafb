import assert from 'node:assert/strict';
import { environmentHitRate } from '../../../../src/core/health/environmentHitRate.ts';
import type { ServiceId } from '../../../../src/core/health/monitorServices.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';
import { keyspaceSource } from '../../../../src/core/metrics/sourcedHitRate.ts';
import type { StatusBarView } from '../../../../src/core/health/statusBar.ts';
import { presentStatusBar } from '../../../../src/core/health/statusBar.ts';
import { hitRateOf } from '../../../../src/core/metrics/hitRate.ts';
import { environmentOf, measured, noon, refused, reportWith } from './hitRates.ts';

const limits = { hitRate: { warning: '60%', critical: '30%' } };
const local = environmentOf({ redis: { url: 'redis://localhost' }, limits });
const remote = environmentOf({
  redis: { url: 'redis://cache.example.org' },
  qdrant: { url: 'http://vectors.example.org:6333' },
});
const shop = environmentOf({
  redis: { url: 'redis://localhost' },
  prometheus: { url: 'http://localhost:9090' },
  metrics: { hits: 'h_total', misses: 'm_total' },
  limits,
});

function view(
  environment: typeof local,
  reports: readonly (readonly [ServiceId, ServiceReport | undefined])[],
  folderName?: string,
): StatusBarView {
  const all = new Map(reports);
  return presentStatusBar(environment, folderName, environmentHitRate(environment, all), all.get('redis'), noon);
}

const keyspace = (hits: number, misses: number, windowMs: number | undefined = 300_000) =>
  reportWith({ ...measured('keyspace', hitRateOf(hits, misses, windowMs)), note: keyspaceSource });

describe('status bar', () => {
  it('names environment, tier, rate and source, and says in the tooltip what the rate rests on', () => {
    const shown = view(local, [['redis', keyspace(835, 165)]]);
    assert.equal(shown.text, '$(database) shop (development) 83.5 % keyspace hits (Redis)');
    assert.equal(shown.judgement, 'ok');
    assert.deepEqual(shown.tooltip.slice(1), [
      '835 hits, 165 misses.',
      'Window: last 5 min.',
      'Source: Redis keyspace, 31 samples; the newest at 11:59:57, 3 s ago.',
      keyspaceSource,
    ]);
  });

  it('warns below the limits, and says which', () => {
    const warned = view(local, [['redis', keyspace(5, 5)]]);
    assert.equal(warned.judgement, 'warning');
    assert.match(warned.text, /50\.0 % keyspace hits \(Redis\), warning$/);
    assert.match(warned.tooltip.join('\n'), /Below the warning limit of 60.0 %\./);
    assert.equal(view(local, [['redis', keyspace(1, 9)]]).judgement, 'critical');
  });

  it('says when the rate is the one since start', () => {
    const start = reportWith(measured('keyspace', hitRateOf(8, 2, undefined)));
    assert.match(view(local, [['redis', start]]).text, /80\.0 % keyspace hits since start \(Redis\)$/);
  });

  it('tells no traffic from no data, and neither is 0 %', () => {
    assert.match(view(local, [['redis', keyspace(0, 0)]]).text, /\) no traffic \(Redis\)$/);
    const down = view(local, [['redis', refused]]);
    assert.match(down.text, /no data: Redis connection refused$/);
    const tooltip = down.tooltip.join('\n');
    assert.match(tooltip, /No data: connection refused\.\ncache:6379 refused the connection\./);
    assert.match(tooltip, /Redis was last read at 11:59:00\./);
  });

  it('says in words that Redis failed, wherever the rate comes from', () => {
    const prometheus = reportWith(measured('prometheus', hitRateOf(700, 300, 300_000)));
    const shown = view(shop, [
      ['prometheus', prometheus],
      ['redis', refused],
    ]);
    assert.equal(shown.text, '$(database) shop (development) 70.0 % hits (Prometheus): Redis connection refused');
    assert.match(shown.tooltip.join('\n'), /^About 700 hits, 300 misses\.$/m);
  });

  it('judges no keyspace rate that stands in for the application’s, and says why it does', () => {
    const shown = view(shop, [
      ['prometheus', refused],
      ['redis', keyspace(1, 9)],
    ]);
    assert.match(shown.text, /10\.0 % keyspace hits \(Redis\)$/);
    assert.equal(shown.judgement, 'unjudged');
    const tooltip = shown.tooltip.join('\n');
    assert.match(tooltip, /^Not from Prometheus: no data: connection refused\.$/m);
    assert.match(tooltip, /^The application’s own hit rate is not known; this is not it/m);
  });

  it('says that a tier was assumed', () => {
    assert.match(view(remote, [['redis', undefined]], 'api').text, /api: shop \(production, assumed\) no data$/);
  });
});
