import assert from 'node:assert/strict';
import { healthReadings } from '../../../../src/core/health/applicationHealth.ts';
import { counterReadings, parseMetrics, select } from '../../../../src/core/health/applicationMetrics.ts';
import { reportApplication } from '../../../../src/core/health/applicationReport.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);

/** `[id, value, state]` of each. */
function judge(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return healthReadings(status, text).map(({ id, value, state }) => [id, value, state]);
}

describe('a health endpoint', () => {
  for (const body of [
    { status: 'healthy' },
    { status: 'UP' },
    { state: 'Ok' },
    { healthy: true },
    { status: { overall: 'pass' } },
    'OK\n',
    '"ok"',
    true,
  ])
    it(`means healthy with 200 and ${JSON.stringify(body)}`, () => {
      assert.equal(judge(200, body)[0]?.[2], 'healthy');
    });

  it('is believed no good news with a status that says otherwise', () => {
    assert.deepEqual(judge(503, { status: 'healthy' }), [['health', '“healthy”, but HTTP 503', 'down']]);
    assert.deepEqual(judge(500, '<html>Oops</html>'), [['health', 'HTTP 500', 'down']]);
  });

  it('says degraded and down in its own words', () => {
    assert.deepEqual(judge(200, { status: 'degraded' }), [['health', '“degraded”, HTTP 200', 'degraded']]);
    assert.deepEqual(judge(503, { status: 'DOWN' }), [['health', '“DOWN”, HTTP 503', 'down']]);
    assert.equal(judge(200, { ok: false })[0]?.[2], 'down');
  });

  it('is unknown, never healthy, where 200 is all it says', () => {
    for (const body of [
      '',
      '<!doctype html><title>Shop</title>',
      '{"hello":"world"}',
      '[]',
      '{"status":"warming-up"}',
      '{"status":200}',
    ])
      assert.equal(judge(200, body)[0]?.[2], 'unknown', body);
  });

  it('that calls itself healthy while a check of its own failed is degraded', () => {
    const readings = judge(200, {
      status: 'healthy',
      checks: { redis: { status: 'ok' }, qdrant: { status: 'failed' } },
    });
    assert.deepEqual(readings.slice(1), [
      ['check/redis', 'ok', 'healthy'],
      ['check/qdrant', 'failed', 'degraded'],
    ]);
  });

  it('shows checks in the shapes that frameworks give them', () => {
    const spring = {
      status: 'UP',
      components: { db: { status: 'UP', details: { database: 'H2', validated: false } }, disk: { status: 'UP' } },
    };
    assert.deepEqual(
      judge(200, spring).map(([id]) => id),
      ['health', 'check/db', 'check/disk'],
    );
    const listed = {
      status: 'ok',
      checks: [
        { name: 'redis', status: 'ok' },
        { name: 'queue', healthy: false },
      ],
    };
    assert.deepEqual(judge(200, listed).at(-1), ['check/queue', 'false', 'degraded']);
    const twice = {
      status: 'error',
      info: {},
      error: { db: { status: 'down' } },
      details: { db: { status: 'down' }, api: { status: 'up' } },
    };
    assert.deepEqual(
      judge(503, twice).map(([id]) => id),
      ['health', 'check/db', 'check/api'],
    );
    const bare = { status: 'ok', services: { redis: 'connected', search: 'down' } };
    assert.deepEqual(judge(200, bare).slice(1), [
      ['check/redis', 'connected', 'unknown'],
      ['check/search', 'down', 'degraded'],
    ]);
  });

  it('leaves out of the judgement what is switched off, and says why something failed', () => {
    const body = { status: 'healthy', checks: { qdrant: { status: 'off', detail: 'The flag is off.' } } };
    const [, check] = healthReadings(200, JSON.stringify(body));
    assert.deepEqual([check?.state, check?.detail], ['fact', 'The flag is off.']);
  });

  it('that calls itself healthy in one field and not in another is not', () => {
    assert.deepEqual(judge(200, { status: 'ok', healthy: false }), [['health', '“false”, HTTP 200', 'down']]);
    assert.deepEqual(judge(200, { status: 'up', state: 'degraded' }), [['health', '“degraded”, HTTP 200', 'degraded']]);
    assert.deepEqual(judge(200, { status: 'ok', state: 'leader' }), [['health', '“ok”, HTTP 200', 'healthy']]);
  });

  it('that calls itself healthy and reports an error is degraded', () => {
    const [told] = healthReadings(200, JSON.stringify({ status: 'ok', error: 'redis: connection refused' }));
    assert.deepEqual(
      [told?.value, told?.state, told?.detail],
      ['“ok”, but with an error', 'degraded', 'redis: connection refused'],
    );
    assert.equal(judge(200, { status: 'ok', errors: ['no disk'] })[0]?.[2], 'degraded');
    assert.equal(judge(200, { status: 'ok', error: '', errors: [] })[0]?.[2], 'healthy');
  });

  it('is read as deep as it is; what nobody nests so deep is unknown', () => {
    const nested = (levels: number): object => {
      let deep: object = { status: 'down' };
      for (let level = 0; level < levels; level += 1) deep = { status: 'ok', checks: { inner: deep } };
      return deep;
    };
    assert.deepEqual(judge(200, nested(6)).at(-1)?.slice(1), ['down', 'degraded']);
    assert.deepEqual(judge(200, nested(100)).at(-1)?.slice(1), ['not read', 'unknown']);
  });

  it('with many checks shows those that are not well before all others', () => {
    const many = (word: string) =>
      judge(200, {
        status: 'ok',
        checks: Object.fromEntries(
          Array.from({ length: 500 }, (_, index) => [`c${index}`, index === 400 ? word : 'ok']),
        ),
      });
    assert.deepEqual(many('ok').at(-1), ['checks', '470 more', 'fact']);
    assert.deepEqual(many('failed')[1], ['check/c400', 'failed', 'degraded']);
  });
});

const page = `# HELP hits_total Hits. # TYPE
# TYPE hits_total counter
hits_total{namespace="search",kind="exact"} 12
hits_total{namespace="a\\"b\\\\c",kind="semantic"} 3 ${nowMs - 1000}
misses_total 1.5e1
odd_total NaN
big_bucket{le="+Inf"} +Inf
old_total 4 ${nowMs - 600_000}
`;

describe('a metrics page', () => {
  it('is read with labels, escapes, exponents, times', () => {
    const { samples, unread } = parseMetrics(page);
    assert.equal(unread, 0);
    assert.deepEqual(samples[1]?.labels, { namespace: 'a"b\\c', kind: 'semantic' });
    assert.equal(samples[2]?.value, 15);
    assert.equal(samples[4]?.value, Infinity);
    assert.equal(
      parseMetrics('a_total 1 1767614400.5 # {trace_id="x"} 1\n# EOF\n').samples[0]?.atMs,
      1_767_614_400_500,
    );
  });

  it('says no number and infinity as Prometheus takes them, in any case of letters', () => {
    const { samples, unread } = parseMetrics('a Nan\nb nan\nc -inf\nd +Infinity\ne INF\nf infinite\n');
    assert.deepEqual(
      samples.map(({ value }) => value),
      [Number.NaN, Number.NaN, -Infinity, Infinity, Infinity],
    );
    assert.equal(unread, 1);
  });

  it('is searched by name and matchers', () => {
    const { samples } = parseMetrics(page);
    const count = (selector: string) => select(samples, selector)?.length;
    assert.equal(count('hits_total'), 2);
    assert.equal(count('hits_total{kind="exact"}'), 1);
    assert.equal(count('hits_total{kind!="exact"}'), 1);
    assert.equal(count('hits_total{kind=~"exact|semantic",namespace!~"sea.*"}'), 1);
    assert.equal(count('hits'), 0);
    assert.equal(count('hits_total{kind=~"("}'), undefined);
  });

  it('says of each counter whether it is there, with its sum', () => {
    const wanted = ['hits_total', 'missing_total', 'odd_total', 'old_total'].map((selector) => ({
      label: selector,
      selector,
    }));
    const states = counterReadings(page, wanted, nowMs).map(({ value, state }) => [value, state]);
    assert.deepEqual(states, [
      ['6 samples', 'healthy'],
      ['15 (hits_total)', 'healthy'],
      ['missing_total: not exposed', 'degraded'],
      ['odd_total: not a number', 'degraded'],
      ['4 (old_total), stale', 'degraded'],
    ]);
  });

  it('that is none is a finding', () => {
    assert.equal(counterReadings('', [], nowMs)[0]?.value, 'empty');
    assert.equal(counterReadings('<html>\n</html>', [], nowMs)[0]?.value, 'not in Prometheus’ format');
    assert.match(counterReadings('a_total 1\nnonsense here too long\n', [], nowMs)[0]?.value ?? '', /1 line unread/);
  });
});

describe('an application', () => {
  const sample = {
    details: { metrics: undefined, stats: undefined },
    address: 'shop:8000',
    tookMs: 4,
    readAtMs: nowMs,
  };

  it('is judged by its health, and shows its statistics without judging them', () => {
    const stats = {
      kind: 'value',
      value: { entries: { redis: 1200 }, rate: 0.61803, name: 'x' },
      readAtMs: nowMs,
    } as const;
    const essential = { health: { status: 200, body: '{"status":"ok"}' } };
    const report = reportApplication({ ...sample, essential, details: { metrics: undefined, stats } }, []);
    assert.equal(report.state, 'healthy');
    assert.deepEqual(
      report.readings.slice(2).map(({ label, value, state }) => [label, value, state]),
      [
        ['entries.redis', '1,200', 'fact'],
        ['rate', '0.618', 'fact'],
      ],
    );
  });

  it('without a health address is never called healthy for its statistics alone', () => {
    const stats = { kind: 'value', value: { hits: 1 }, readAtMs: nowMs } as const;
    const report = reportApplication(
      { ...sample, essential: { health: undefined }, details: { metrics: undefined, stats } },
      [],
    );
    assert.equal(report.state, 'unknown');
  });

  it('whose metrics address is wrong is degraded', () => {
    const essential = { health: { status: 200, body: 'ok' } };
    const report = reportApplication(
      { ...sample, essential, details: { metrics: { kind: 'notOffered' }, stats: undefined } },
      [],
    );
    assert.equal(report.summary, 'degraded: metrics page');
  });
});

describe('the embedding size an application tells', () => {
  const embedding = (stats: unknown, wanted?: number) => {
    const details = { metrics: undefined, stats: { kind: 'value', value: stats, readAtMs: nowMs } } as const;
    const essential = { health: undefined };
    const sample = { essential, details, address: 'shop:8000', tookMs: 1, readAtMs: nowMs };
    const { readings } = reportApplication(sample, [], wanted);
    return readings.find(({ id }) => id === 'embedding')?.state;
  };

  it('is held against the settings, under the names that are in use', () => {
    assert.equal(embedding({ semantic: { embedding_dim: 384 } }, 384), 'healthy');
    assert.equal(embedding({ vectorSize: 1536 }, 384), 'degraded');
    assert.equal(embedding({ embedding: { dimensions: 384 } }, 384), 'healthy');
  });

  it('is not guessed where neither says it', () => {
    assert.equal(embedding({ vectorSize: 384 }), undefined);
    assert.equal(embedding({ vectors: 384, embedding_time: 2 }, 384), undefined);
  });
});
