import assert from 'node:assert/strict';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { Reports } from '../../../../src/core/health/present.ts';
import {
  presentEnvironment,
  presentFailure,
  presentReading,
  presentService,
  presentUnwatched,
} from '../../../../src/core/health/present.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';

const noon = new Date(2026, 0, 5, 12, 0, 0).getTime();
const localRedis = { redis: { url: 'redis://localhost' } };
const four = {
  ...localRedis,
  qdrant: { url: 'http://localhost:6333' },
  prometheus: { url: 'http://localhost:9090' },
  application: { health: 'http://localhost:8000/health' },
};
const healthy: ServiceReport = { state: 'healthy', summary: 'healthy', readings: [], readAtMs: noon - 3_000 };
const refused: ServiceReport = {
  state: 'down',
  summary: 'connection refused',
  readings: [],
  readAtMs: noon - 60_000,
  failure: { code: 'refused', message: 'cache:6379 refused the connection.', next: 'Check the port.' },
};
const degraded: ServiceReport = { ...healthy, state: 'degraded', summary: 'degraded: targets' };
const unknown: ServiceReport = { ...healthy, state: 'unknown', summary: 'unknown: health' };

function environmentOf(settings: object): Environment {
  const { environments, problems } = readEnvironments({ shop: settings }, undefined);
  assert.deepEqual(problems, []);
  const [environment] = environments;
  assert.ok(environment);
  return environment;
}

function row(settings: object, reports: Reports) {
  return presentEnvironment(environmentOf(settings), { active: false, folderName: undefined, reports });
}

describe('an environment’s row', () => {
  it('says tier, folder, health and whether it is the active one in words', () => {
    const reports: Reports = new Map([['redis', healthy]]);
    const shown = presentEnvironment(environmentOf(localRedis), { active: true, folderName: 'api', reports });
    assert.equal(shown.description, 'api · development · Redis healthy · active');
    assert.equal(shown.contextValue, 'environment active');
  });

  it('explains why a remote environment without a tier counts as production', () => {
    const shown = row({ redis: { url: 'redis://cache.example.org' } }, new Map([['redis', undefined]]));
    assert.equal(shown.description, 'production, assumed · Redis not read yet');
    assert.match(shown.tooltip ?? '', /No tier is set and a host is not local/);
  });

  it('says all are healthy only when all were read and are', () => {
    const all = new Map([
      ['redis', healthy],
      ['qdrant', healthy],
      ['prometheus', healthy],
      ['application', healthy],
    ] as const);
    assert.equal(row(four, all).description, 'development · all 4 healthy');
    assert.equal(row(four, all).icon?.name, 'pass');
    const oneUnread = row(four, new Map([...all, ['qdrant', undefined]]));
    assert.equal(oneUnread.description, 'development · Qdrant not read yet · other 3 healthy');
    assert.notEqual(oneUnread.icon?.name, 'pass');
    const oneUnwatched = row(four, new Map([...all].filter(([id]) => id !== 'qdrant')));
    assert.doesNotMatch(oneUnwatched.description ?? '', /all/);
  });

  it('names the worst first: down, unknown, degraded', () => {
    const shown = row(
      four,
      new Map([
        ['redis', healthy],
        ['qdrant', degraded],
        ['prometheus', unknown],
        ['application', refused],
      ]),
    );
    assert.equal(
      shown.description,
      'development · Application connection refused · Prometheus unknown: health · Qdrant degraded: targets · Redis healthy',
    );
    assert.equal(shown.icon?.name, 'error');
  });
});

describe('a service’s rows', () => {
  const local = environmentOf(four);

  it('say when it was read last, and why it cannot be read now', () => {
    assert.equal(presentService(local, 'redis', healthy, noon).description, 'healthy · read at 11:59:57');
    const down = presentService(local, 'qdrant', refused, noon);
    assert.equal(down.description, 'connection refused · last read at 11:59:00');
    assert.match(down.tooltip ?? '', /Qdrant of shop \(development\)/);
    const failure = presentFailure(local, 'qdrant', refused);
    assert.equal(failure?.label, 'cache:6379 refused the connection.');
    assert.equal(failure?.description, 'Check the port.');
  });

  it('say when a reading is older than the rest of its service', () => {
    const reading = { id: 'rules', label: 'Rules', value: '4', state: 'healthy', readAtMs: noon - 61_000 } as const;
    const shown = presentReading(local, 'prometheus', reading, noon);
    assert.equal(shown.id, `${local.id}/prometheus/rules`);
    assert.match(shown.tooltip ?? '', /Read at 11:58:59\./);
  });

  it('say which services are named but not watched', () => {
    const watched: Reports = new Map([['redis', healthy]]);
    assert.equal(presentUnwatched(environmentOf(localRedis), watched), undefined);
    const shown = presentUnwatched(local, watched);
    assert.equal(shown?.label, 'Qdrant, Prometheus, Application');
    assert.equal(shown?.description, 'not watched by this version');
  });
});
