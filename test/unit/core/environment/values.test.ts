import assert from 'node:assert/strict';
import {
  bytesPattern,
  durationPattern,
  parseBytes,
  parseDurationMs,
  parseRatio,
  ratioPattern,
} from '../../../../src/core/environment/amounts.ts';
import { formatHostPort, httpHost, isLocalHost, parseHostPort } from '../../../../src/core/environment/hosts.ts';
import { nearest } from '../../../../src/core/environment/nearest.ts';
import { parseRedisUrl } from '../../../../src/core/environment/redisUrl.ts';
import { formatPath } from '../../../../src/core/environment/settingPath.ts';

function read(form: RegExp, parse: (text: string) => number, text: string): number | undefined {
  return form.test(text) ? parse(text) : undefined;
}

describe('Amounts', () => {
  const ratios: Readonly<Record<string, number | undefined>> = {
    '60%': 0.6,
    '0.1%': 0.001,
    '7 %': 0.07,
    '100%': 1,
    '101%': undefined,
    '60': undefined,
    '-1%': undefined,
  };
  for (const [text, expected] of Object.entries(ratios)) {
    it(`reads ${text} as a ratio of ${expected}`, () => assert.equal(read(ratioPattern, parseRatio, text), expected));
  }

  const sizes: Readonly<Record<string, number | undefined>> = {
    '500MB': 524_288_000,
    '1.5 GiB': 1_610_612_736,
    '10kb': 10_240,
    '7B': 7,
    '500': undefined,
    '5XB': undefined,
  };
  for (const [text, expected] of Object.entries(sizes)) {
    it(`reads ${text} as ${expected} bytes`, () => assert.equal(read(bytesPattern, parseBytes, text), expected));
  }

  const times: Readonly<Record<string, number | undefined>> = {
    '200ms': 200,
    '1.5 s': 1500,
    '15m': 900_000,
    '15min': 900_000,
    '2h': 7_200_000,
    '7d': 604_800_000,
    '5': undefined,
  };
  for (const [text, expected] of Object.entries(times)) {
    it(`reads ${text} as ${expected} ms`, () => assert.equal(read(durationPattern, parseDurationMs, text), expected));
  }
});

describe('Addresses', () => {
  it('of Redis are taken apart', () => {
    const none = { username: undefined, password: undefined };
    assert.deepEqual(parseRedisUrl('redis://Cache-1'), {
      kind: 'tcp',
      host: 'cache-1',
      port: 6379,
      tls: false,
      db: 0,
      ...none,
    });
    assert.deepEqual(parseRedisUrl('rediss://o%40ps:p%3As@[::1]:6380/3'), {
      kind: 'tcp',
      host: '::1',
      port: 6380,
      tls: true,
      db: 3,
      username: 'o@ps',
      password: 'p:s',
    });
    assert.deepEqual(parseRedisUrl('unix:///run/my%20redis.sock?db=2'), {
      kind: 'unix',
      path: '/run/my redis.sock',
      db: 2,
      ...none,
    });
  });

  for (const text of [
    '',
    'localhost:6379',
    'http://a',
    'redis://',
    'redis:///1',
    'redis://a:0',
    'redis://a/x',
    'redis://a?db=1',
    'redis://%zz@a',
    'unix://host/a',
    'unix:///',
  ]) {
    it(`of Redis are not ${JSON.stringify(text)}`, () => assert.equal(parseRedisUrl(text), undefined));
  }

  it('of HTTP give host and port', () => {
    assert.deepEqual(httpHost('https://metrics.shop.internal/x'), { host: 'metrics.shop.internal', port: 443 });
    assert.deepEqual(httpHost('http://[::1]:9090'), { host: '::1', port: 9090 });
    assert.equal(httpHost('ftp://a'), undefined);
    assert.equal(httpHost('a'), undefined);
  });

  it('of sentinels and nodes give host and port, and are written the same way', () => {
    for (const text of ['a:1', '[::1]:65535', '10.0.0.1:7000']) {
      const parsed = parseHostPort(text);
      assert.ok(parsed);
      assert.equal(formatHostPort(parsed), text);
    }
    for (const text of ['a', 'a:0', 'a:65536', ':1', 'a b:1', 'u@a:1', '::1:5', 'redis://a:1'])
      assert.equal(parseHostPort(text), undefined, text);
  });

  it('are on this machine only when they must be', () => {
    for (const host of [
      'localhost',
      'LOCALHOST.',
      'api.localhost',
      '127.0.0.1',
      '127.1.2.3',
      '::1',
      '[::1]',
      '::ffff:127.0.0.1',
    ])
      assert.ok(isLocalHost(host), host);
    for (const host of [
      '',
      'localhost.shop.internal',
      '127.0.0.1.shop.internal',
      '10.0.0.1',
      '::',
      '0.0.0.0',
      'mylocalhost',
    ])
      assert.ok(!isLocalHost(host), host);
  });
});

describe('The nearest known word', () => {
  const known = ['url', 'username', 'password', 'apiKey', 'tls'];
  const cases: Readonly<Record<string, string | undefined>> = {
    ulr: 'url',
    URL: 'url',
    'api-key': 'apiKey',
    pasword: 'password',
    user_name: 'username',
    colour: undefined,
    '': undefined,
  };
  for (const [word, expected] of Object.entries(cases)) {
    it(`of ${JSON.stringify(word)} is ${expected}`, () => assert.equal(nearest(word, known), expected));
  }
});

describe('A path', () => {
  it('is written as one would look it up', () => {
    assert.equal(formatPath(['eu prod', 'files', 0]), 'cacheOps.environments["eu prod"].files[0]');
    assert.equal(formatPath(['eu-1', 'redis', 'url']), 'cacheOps.environments.eu-1.redis.url');
  });
});
