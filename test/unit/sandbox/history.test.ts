import assert from 'node:assert/strict';
import { writeOpenMetrics } from '../../sandbox/history/openMetrics.ts';
import { samplesOfDay, seriesOf } from '../../sandbox/history/series.ts';
import type { Past } from '../../sandbox/history/series.ts';

const DAY = Date.UTC(2026, 2, 2) / 1000;
const past: Past = { job: 'desk', instance: 'one', ratePerSecond: 12, exactShare: 0.5, semanticShare: 0.3 };

/** Of the day's last minute, summed over the series that fit. */
function total(day: number, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const last = samplesOfDay(past, day).at(-1);
  return seriesOf(past).reduce((sum, series, index) => {
    const fits =
      series.name === name && Object.entries(labels).every(([label, value]) => series.labels[label] === value);
    return fits ? sum + (last?.values[index] ?? 0) : sum;
  }, 0);
}

describe('The history of the metrics', () => {
  it('is the same for the same day, and another for another', () => {
    assert.deepEqual(samplesOfDay(past, DAY), samplesOfDay(past, DAY));
    assert.notDeepEqual(samplesOfDay(past, DAY).at(-1)?.values, samplesOfDay(past, DAY + 86_400).at(-1)?.values);
  });

  it('has one sample a minute, each with a value for every series', () => {
    const samples = samplesOfDay(past, DAY);
    assert.equal(samples.length, 1440);
    assert.equal(samples[1]?.timeSeconds, DAY + 60);
    for (const { values } of samples) assert.equal(values.length, seriesOf(past).length);
  });

  it('never counts backwards during a day', () => {
    const samples = samplesOfDay(past, DAY);
    for (const [index, sample] of samples.slice(1).entries()) {
      const before = samples[index]?.values ?? [];
      assert.ok(sample.values.every((value, series) => value >= (before[series] ?? 0)));
    }
  });

  it('has the rate and the hit rate it was asked for', () => {
    const quietDay = DAY + (3 - ((DAY / 86_400) % 3) + 1) * 86_400;
    const [hits, misses] = [total(quietDay, 'tool_cache_hits_total'), total(quietDay, 'tool_cache_misses_total')];
    assert.ok(Math.abs((hits + misses) / 86_400 - 12) < 0.5, `${(hits + misses) / 86_400} a second`);
    assert.ok(Math.abs(hits / (hits + misses) - 0.8) < 0.03, String(hits / (hits + misses)));
  });

  it('counts in its histogram what it counts as hits and misses', () => {
    const runs = (cached: string) => total(DAY, 'tool_run_seconds_count', { cached });
    assert.equal(runs('true'), total(DAY, 'tool_cache_hits_total'));
    assert.equal(runs('false'), total(DAY, 'tool_cache_misses_total'));
    assert.equal(total(DAY, 'tool_run_seconds_bucket', { le: '+Inf' }), total(DAY, 'tool_run_seconds_count'));
  });

  it('has every third day a dip in the afternoon', () => {
    const rates = [0, 1, 2].map((offset) => {
      const day = DAY + offset * 86_400;
      return (
        total(day, 'tool_cache_hits_total') /
        (total(day, 'tool_cache_hits_total') + total(day, 'tool_cache_misses_total'))
      );
    });
    assert.ok(Math.min(...rates) < Math.max(...rates) - 0.01, rates.join(', '));
  });
});

describe('OpenMetrics text', () => {
  const series = [
    { name: 'tool_cache_hits_total', labels: { namespace: 'search' } },
    { name: 'up', labels: { path: 'C:\\"a"\n' } },
  ];

  it('keeps families together, names counters without _total, and ends with EOF', () => {
    const samples = [
      { timeSeconds: 60, values: [1, 1] },
      { timeSeconds: 120, values: [2, 1] },
    ];
    const text = writeOpenMetrics([{ series, samples }]);
    assert.match(text, /# TYPE tool_cache_hits counter\ntool_cache_hits_total\{namespace="search"\} 1 60\n.* 2 120\n/);
    assert.ok(text.endsWith('\n# EOF\n'));
    assert.ok(text.includes(String.raw`up{path="C:\\\"a\"\n"} 1 60`), text);
  });

  it('refuses a metric it has no family for', () => {
    const unknown = [{ name: 'surprise', labels: {} }];
    assert.throws(() => writeOpenMetrics([{ series: unknown, samples: [] }]), /surprise/);
  });
});
