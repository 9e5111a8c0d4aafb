import assert from 'node:assert/strict';
import type { SettingProblem } from '../../../../src/core/environment/environment.ts';
import { findDuplicateNames, locatePath, locateProblem } from '../../../../src/core/environment/locate.ts';
import type { SettingsScope } from '../../../../src/core/environment/locate.ts';
import type { SettingPath } from '../../../../src/core/environment/settingPath.ts';

const settings = `// ours
{
  "files.eol": "\\n",
  "cacheOps.environments": {
    "staging": {
      "redis": { "ulr": "redis://cache-1" /* why */, "db": 5, },
      "files": [".env", 7],
    },
    "staging": { "tier": "prod" },
  },
}
`;

const workspaceFile = `{ "folders": [], "settings": { "cacheOps.environments": { "live": { "tier": "prod" } } } }`;

function textAt(
  text: string,
  path: SettingPath,
  scope: SettingsScope = 'settings',
  part?: 'value' | 'key',
): string | undefined {
  const span = locatePath(text, path, scope, part);
  return span && text.slice(span.offset, span.offset + span.length);
}

const once = settings.replace('"staging": { "tier": "prod" },', '"live": { "tier": "prod" },');

function underlined(code: SettingProblem['code'], path: SettingPath): string | undefined {
  const span = locateProblem(once, { code, path, message: '', severity: 'error' }, 'settings');
  return span && once.slice(span.offset, span.offset + span.length);
}

describe('Finding a setting in its file', () => {
  it('finds a value', () => {
    assert.equal(textAt(once, ['live', 'tier']), '"prod"');
    assert.equal(textAt(once, ['staging', 'files', 1]), '7');
  });

  it('finds a key', () => {
    assert.equal(textAt(once, ['staging', 'redis', 'ulr'], 'settings', 'key'), '"ulr"');
  });

  it('shows an object or list by its key', () => {
    assert.equal(textAt(once, ['staging']), '"staging"');
    assert.equal(textAt(once, ['staging', 'files']), '"files"');
    assert.equal(textAt(once, []), '"cacheOps.environments"');
  });

  it('shows what is missing at the key of its nearest parent', () => {
    assert.equal(textAt(once, ['staging', 'redis', 'url']), '"redis"');
    assert.equal(textAt(once, ['staging', 'tls', 'ca', 'file']), '"staging"');
    assert.equal(textAt(once, ['gone', 'redis']), '"cacheOps.environments"');
    assert.equal(textAt(once, ['staging', 'files', 2]), '"files"');
  });

  it('finds nothing where the setting is not', () => {
    assert.equal(locatePath('', ['staging'], 'settings'), undefined);
    assert.equal(locatePath('{"a": 1}', ['staging'], 'settings'), undefined);
    assert.equal(locatePath(workspaceFile, ['live'], 'settings'), undefined);
  });

  it('looks below "settings" in a workspace file', () => {
    assert.equal(textAt(workspaceFile, ['live', 'tier'], 'workspaceFile'), '"prod"');
  });

  it('means the last of two equal names, as JSON does', () => {
    assert.equal(textAt(settings, ['staging', 'tier']), '"prod"');
  });

  it('finds its place behind a byte order mark and in broken JSON', () => {
    assert.equal(textAt(`\uFEFF${workspaceFile}`, ['live', 'tier'], 'workspaceFile'), '"prod"');
    assert.equal(textAt('{"cacheOps.environments": {"live": {"tier": "prod", "redis": ', ['live', 'tier']), '"prod"');
  });

  it('underlines an unknown key itself and the value of anything else', () => {
    assert.equal(underlined('unknownKey', ['staging', 'redis', 'ulr']), '"ulr"');
    assert.equal(underlined('invalidValue', ['live', 'tier']), '"prod"');
    assert.equal(underlined('missing', ['staging', 'redis', 'url']), '"redis"');
  });
});

describe('Equal names', () => {
  it('are found with their lines', () => {
    assert.deepEqual(findDuplicateNames(settings, 'settings'), [
      {
        path: ['staging'],
        message:
          'cacheOps.environments.staging is there twice, in lines 5 and 9: expected each name once. Only the one in line 9 counts.',
        severity: 'error',
        code: 'duplicateName',
      },
    ]);
  });

  it('are found three times in a workspace file with Windows line ends', () => {
    const text = '{"settings": {"cacheOps.environments": {\r\n"a": {},\r\n"b": {},\r\n"a": {},\r\n"a": {}}}}';
    assert.deepEqual(
      findDuplicateNames(text, 'workspaceFile').map(({ message }) => message),
      [
        'cacheOps.environments.a is there 3 times, in lines 2, 4 and 5: expected each name once. Only the one in line 5 counts.',
      ],
    );
  });

  it('are not found where there are none', () => {
    assert.deepEqual(findDuplicateNames(once, 'settings'), []);
    assert.deepEqual(findDuplicateNames('', 'settings'), []);
    assert.deepEqual(findDuplicateNames('{"cacheOps.environments": []}', 'settings'), []);
  });
});
