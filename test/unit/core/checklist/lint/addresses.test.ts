import assert from 'node:assert/strict';
import { fixed, lint, marks, withCommands } from './lint.ts';

describe('lint: qdrant-endpoint-missing', () => {
  const rule = 'qdrant-endpoint-missing';

  it('finds /health where Qdrant is asked', () => {
    assert.deepEqual(marks(rule, withCommands('curl -sf http://$QDRANT_HOST:$QDRANT_PORT/health')), ['/health']);
    assert.deepEqual(marks(rule, withCommands('wget -qO- localhost:6333/health')), ['/health']);
    const environments = { here: { qdrant: { url: 'http://vectors.internal:7000' } } };
    assert.deepEqual(marks(rule, withCommands('curl http://vectors.internal:7000/health'), { environments }), [
      '/health',
    ]);
  });

  it('finds snapshots asked of no collection', () => {
    assert.deepEqual(marks(rule, withCommands('curl -X POST "$QDRANT_URL/collections/snapshot" -d "{}"')), [
      '/collections/snapshot',
    ]);
    const put = lint(withCommands('curl -X PUT "$QDRANT_URL/collections/snapshot" -d "{}"')).find(
      (one) => one.rule === rule,
    );
    assert.match(put?.message ?? '', /creates a collection named "snapshot"/);
  });

  it('is quiet about endpoints that exist, and about other servers', () => {
    assert.deepEqual(
      marks(rule, withCommands('curl $QDRANT_URL/healthz\ncurl $QDRANT_URL/collections/pages/snapshots -X POST')),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('curl http://localhost:8000/health\necho curl $QDRANT_URL/health')), []);
  });

  it('is fixed by what exists, where that is certain', () => {
    const health = withCommands('curl "$QDRANT_URL/health" -s');
    assert.equal(fixed(rule, health), health.replace('/health', '/readyz'));
    assert.equal(fixed(rule, health, undefined, 1), health.replace('/health', '/'));
    const snapshot = withCommands('curl -X POST $QDRANT_URL/collections/snapshot -d \'{"collection_name": "pages"}\'');
    assert.equal(fixed(rule, snapshot), snapshot.replace('/collections/snapshot', '/collections/pages/snapshots'));
    assert.throws(() => fixed(rule, withCommands('curl -X POST $QDRANT_URL/collections/snapshot')), /a fix is offered/);
  });
});

describe('lint: grafana-alerts-endpoint', () => {
  const rule = 'grafana-alerts-endpoint';

  it('finds the alerting of old', () => {
    assert.deepEqual(marks(rule, withCommands('curl -d @rule.json "${GRAFANA_URL}/api/alerts"')), ['/api/alerts']);
    assert.deepEqual(marks(rule, withCommands('curl -XPOST http://localhost:3000/api/alerts')), ['/api/alerts']);
  });

  it('is quiet about reading, about provisioning, and about Prometheus', () => {
    assert.deepEqual(marks(rule, withCommands('curl "$GRAFANA_URL/api/alerts"')), []);
    assert.deepEqual(marks(rule, withCommands('curl -d @r.json $GRAFANA_URL/api/v1/provisioning/alert-rules')), []);
    assert.deepEqual(marks(rule, withCommands('curl -X POST http://localhost:9093/api/v1/alerts -d "[]"')), []);
  });
});

describe('lint: production-host', () => {
  const rule = 'production-host';
  const environments = {
    live: {
      tier: 'production',
      redis: { url: 'redis://cache-1.example.net:6379' },
      variables: { DB_HOST: 'db.example.net' },
    },
    test: { tier: 'staging', redis: { url: 'redis://test.example.net' }, variables: { QUEUE_HOST: '10.1.2.3' } },
    short: { tier: 'production', redis: { url: 'redis://redis:6379' } },
  };

  it('finds a host of a production environment', () => {
    assert.deepEqual(marks(rule, withCommands('redis-cli -h cache-1.example.net ping'), { environments }), [
      'cache-1.example.net',
    ]);
    assert.deepEqual(marks(rule, withCommands('curl https://CACHE-1.example.net:8000/health'), { environments }), [
      'CACHE-1.example.net',
    ]);
    assert.deepEqual(marks(rule, '# Plan\n\n- [ ] `ssh ops@cache-1.example.net uptime` works\n', { environments }), [
      'cache-1.example.net',
    ]);
    assert.deepEqual(marks(rule, withCommands('redis-cli -h redis ping'), { environments }), ['redis']);
  });

  it('finds a public address, whatever the settings say', () => {
    assert.deepEqual(marks(rule, withCommands('psql -h 203.0.113.7 -c "SELECT 1"')), ['203.0.113.7']);
    assert.deepEqual(marks(rule, withCommands('curl http://203.0.113.7:8000/health')), ['203.0.113.7']);
  });

  it('is quiet about other hosts, variables, private addresses and versions', () => {
    assert.deepEqual(
      marks(rule, withCommands('redis-cli -h test.example.net ping\ncurl http://other.example.net'), { environments }),
      [],
    );
    assert.deepEqual(
      marks(rule, withCommands('redis-cli -h $REDIS_HOST ping\ndocker-compose exec redis redis-cli ping'), {
        environments,
      }),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('curl 127.0.0.1:80 192.168.1.1 172.20.0.1 0.0.0.0')), []);
    assert.deepEqual(marks(rule, withCommands('pip install thing==4.3.2.1\nfoo v8.8.4.4 999.1.1.1')), []);
    assert.deepEqual(
      marks(rule, withCommands('ping db.example.network\nping my-db.example.net'), { environments }),
      [],
    );
  });

  it('is fixed by the variable that holds it', () => {
    const before = withCommands('psql -h db.example.net -c "SELECT 1"');
    assert.equal(fixed(rule, before, { environments }), before.replace('db.example.net', '$DB_HOST'));
    const other = withCommands('curl "http://10.1.2.3:80/"');
    assert.equal(fixed(rule, other, { environments }), other.replace('10.1.2.3', '$QUEUE_HOST'));
    assert.throws(() => fixed(rule, withCommands("ping 'db.example.net'"), { environments }), /a fix is offered/);
  });
});
