import assert from 'node:assert/strict';
import { assert as check, constantFrom, pre, property, string } from 'fast-check';
import { composeSource } from '../../../../src/core/flags/composeFlag.ts';
import { dotenvFlag } from '../../../../src/core/flags/dotenvFlag.ts';
import { dropInFlag, parseEnvironmentFiles, parseUnitEnvironment } from '../../../../src/core/flags/dropIn.ts';
import { keyFlag } from '../../../../src/core/flags/keyFlag.ts';
import { lineFlag } from '../../../../src/core/flags/lineFlag.ts';

describe('a flag in a .env file', () => {
  const flag = dotenvFlag('CACHE_ENABLED');

  it('changes nothing but its value: remarks, quotes, order and line ends stay', () => {
    const text = '\uFEFF# cache\r\nexport CACHE_ENABLED = "true"  # since March\r\nOTHER=\'CACHE_ENABLED=1\'\r\n';
    assert.equal(flag.valueOf(text), 'true');
    assert.equal(flag.withValue(text, 'false'), text.replace('"true"', '"false"'));
    assert.equal(flag.withValue('CACHE_ENABLED= # off', '1'), 'CACHE_ENABLED=1 # off');
    assert.equal(flag.withValue('CACHE_ENABLED=#off', '1'), 'CACHE_ENABLED=1 #off');
    assert.equal(flag.withValue('A=1\nCACHE_ENABLED=1 # on\nB=2', '0'), 'A=1\nCACHE_ENABLED=0 # on\nB=2');
  });

  it('is the last of several, and is added at the end where there is none', () => {
    assert.equal(flag.withValue('CACHE_ENABLED=1\nCACHE_ENABLED=2\n', '0'), 'CACHE_ENABLED=1\nCACHE_ENABLED=0\n');
    assert.equal(flag.withValue('A=1', '0'), 'A=1\nCACHE_ENABLED=0\n');
    assert.equal(flag.withValue('A=1\r\n#CACHE_ENABLED=1\r\n', '0'), 'A=1\r\n#CACHE_ENABLED=1\r\nCACHE_ENABLED=0\r\n');
    assert.equal(flag.withValue('A=1\nCACHE_ENABLED=0\nB=2\n', undefined), 'A=1\nB=2\n');
  });

  it('is found beside values of several lines', () => {
    const text = 'KEY="one\nCACHE_ENABLED=7\ntwo"\nCACHE_ENABLED=1\n';
    assert.equal(flag.valueOf(text), '1');
    assert.equal(flag.withValue(text, '0'), text.replace('CACHE_ENABLED=1', 'CACHE_ENABLED=0'));
  });

  it('reads back what was written, whatever the value', () => {
    check(
      property(string({ unit: 'grapheme', maxLength: 20 }), constantFrom('', '"a"', "'a'", 'a'), (value, old) => {
        pre(!/[\r\0]/.test(value));
        const text = `A=1\nCACHE_ENABLED=${old} # remark\nB=2\n`;
        const changed = flag.withValue(text, value);
        assert.equal(flag.valueOf(changed), value);
        assert.ok(changed.startsWith('A=1\n') && changed.endsWith('# remark\nB=2\n'));
      }),
    );
  });
});

describe('a flag that is a line', () => {
  const middleware = { file: 'settings.py', line: "'core.CacheMiddleware'", on: 'active', off: 'commented out' };
  const text = "MIDDLEWARE = [\n    'core.First',\n    'core.CacheMiddleware',  # measured\n]\n";

  it('is commented out and in, its indentation and remark kept', () => {
    const flag = lineFlag(middleware);
    assert.equal(flag.valueOf(text), 'active');
    const off = flag.withValue(text, 'commented out');
    assert.equal(off, text.replace("    'core.Cache", "    # 'core.Cache"));
    assert.equal(flag.valueOf(off), 'commented out');
    assert.equal(flag.withValue(off, 'active'), text);
    assert.equal(flag.withValue(off, 'commented out'), off);
  });

  it('knows the comments of other languages', () => {
    const html = lineFlag({ file: 'a.html', line: '<cache />', on: '1', off: '0' });
    assert.equal(html.withValue('<a>\n  <cache />\n</a>\n', '0'), '<a>\n  <!-- <cache /> -->\n</a>\n');
    assert.equal(html.withValue('  <!-- <cache /> -->\n', '1'), '  <cache />\n');
    const js = lineFlag({ file: 'a.ts', line: 'app.use(cache)', on: '1', off: '0' });
    assert.equal(js.withValue('  app.use(cache);\n', '0'), '  // app.use(cache);\n');
  });

  it('must fit one line; a file without comments is refused', () => {
    const twice = "'core.CacheMiddleware',\n# 'core.CacheMiddleware',\n";
    assert.throws(() => lineFlag(middleware).valueOf(twice), /has 2 times the line/);
    assert.throws(() => lineFlag(middleware).valueOf('nothing'), /does not have the line/);
    assert.throws(() => lineFlag({ ...middleware, file: 'data.csv' }), /is not known/);
    assert.equal(lineFlag(middleware).valueOf("'core.CacheMiddleware2',\n'core.CacheMiddleware'"), 'active');
  });
});

describe('a flag in a configuration file', () => {
  it('in YAML changes only the characters of its value, and keeps its kind', () => {
    const flag = keyFlag('config.yaml', 'cache.semantic.enabled');
    const text = '# top\ncache:\n  semantic: { enabled: true,   other: "x" } # why\n  enabled: true\n';
    assert.equal(flag.valueOf(text), 'true');
    assert.equal(flag.withValue(text, 'false'), text.replace('enabled: true,', 'enabled: false,'));
    assert.throws(() => flag.withValue(text, 'maybe'), /is no text/);
    const quoted = keyFlag('a.yml', 'mode');
    assert.equal(quoted.withValue("mode: 'on' # x\n", 'off'), "mode: 'off' # x\n");
    assert.equal(quoted.withValue('mode: fast\n', 'off'), 'mode: "off"\n');
    assert.equal(quoted.withValue('mode: fast\n', 'slow'), 'mode: slow\n');
  });

  it('in JSON, with comments, likewise', () => {
    const flag = keyFlag('config.json', 'features.0.cache');
    const text = '{\n\t"features": [ { "cache" : true, /* why */ "other": 1 } ],\n}';
    assert.equal(flag.withValue(text, 'false'), text.replace(': true', ': false'));
    assert.equal(keyFlag('c.json', 'a').withValue('{"a":"1"}', '0'), '{"a":"0"}');
  });

  it('refuses what would change more, or cannot be found', () => {
    const shared = 'base: &x true\nother: *x\n';
    assert.throws(() => keyFlag('a.yaml', 'base').withValue(shared, 'false'), /shared by an anchor/);
    assert.throws(() => keyFlag('a.yaml', 'other').withValue(shared, 'false'), /shared by an anchor/);
    assert.throws(() => keyFlag('a.yaml', 'a').withValue('b: 1\n', '0'), /has no a/);
    assert.throws(() => keyFlag('a.yaml', 'a').valueOf('a: {b: 1}\n'), /not a single value/);
    assert.throws(() => keyFlag('a.toml', 'a'), /neither YAML nor JSON/);
    assert.throws(() => keyFlag('a.yaml', 'a').valueOf('a: [1\n'), /line/);
  });
});

describe('a flag of a Compose service', () => {
  const files = (text: string) => [{ path: 'compose.yaml', text }];
  const service = (environment: string): string => `services:\n  web:\n    image: x\n    environment:\n${environment}`;

  it('is a value in the file, in both ways it may be written', () => {
    for (const [written, changed] of [
      ['      CACHE: "1" # x\n', '      CACHE: "0" # x\n'],
      ['      CACHE: 1\n', '      CACHE: 0\n'],
      ['      - CACHE=1\n      - B=2\n', '      - "CACHE=0"\n      - B=2\n'],
    ] as const) {
      const source = composeSource(files(service(written)), 'web', 'CACHE');
      assert.equal(source?.kind, 'literal');
      if (source?.kind !== 'literal') continue;
      assert.equal(source.flag.valueOf(service(written)), '1');
      assert.equal(source.flag.withValue(service(written), '0'), service(changed));
    }
  });

  it('is a reference to the .env file, or handed through from it', () => {
    const variableOf = (environment: string): unknown => {
      const source = composeSource(files(service(environment)), 'web', 'CACHE');
      return source?.kind === 'reference' ? source.variable : source?.kind;
    };
    assert.equal(variableOf('      CACHE: ${CACHE_ON:-1}\n'), 'CACHE_ON');
    assert.equal(variableOf('      CACHE:\n'), 'CACHE');
    assert.equal(variableOf('      - CACHE\n'), 'CACHE');
    assert.equal(variableOf('      OTHER: 1\n'), undefined);
    assert.throws(() => variableOf('      CACHE: a${B}c\n'), /put together/);
  });
});

describe('a flag of a systemd unit', () => {
  const flag = dropInFlag('CACHE_ENABLED');

  it('stands in a [Service] section, other lines kept', () => {
    assert.equal(flag.withValue('', '0'), '[Service]\nEnvironment="CACHE_ENABLED=0"\n');
    const text = '# ours\n[Service]\nEnvironment="A=1"\nEnvironment="CACHE_ENABLED=1"\nNice=5\n';
    assert.equal(flag.withValue(text, '50% "x"'), text.replace('CACHE_ENABLED=1', 'CACHE_ENABLED=50%% \\"x\\"'));
    assert.equal(flag.valueOf(flag.withValue(text, '50% "x"')), '50% "x"');
    assert.equal(flag.withValue(text, undefined), text.replace('Environment="CACHE_ENABLED=1"\n', ''));
    assert.equal(
      flag.withValue('[Unit]\nA=b\n[Service]\nNice=5\n', '1'),
      '[Unit]\nA=b\n[Service]\nEnvironment="CACHE_ENABLED=1"\nNice=5\n',
    );
  });

  it('is read from what systemd shows', () => {
    const shown = parseUnitEnvironment('A=1 "B=two words" CACHE_ENABLED=0 CACHE_ENABLED=1');
    assert.deepEqual(
      [...shown],
      [
        ['A', '1'],
        ['B', 'two words'],
        ['CACHE_ENABLED', '1'],
      ],
    );
    const files = '/etc/a b.env (ignore_errors=no) /etc/c.env (ignore_errors=yes)';
    assert.deepEqual(
      parseEnvironmentFiles(files).map((one) => one.trim()),
      ['/etc/a b.env', '/etc/c.env'],
    );
  });
});
