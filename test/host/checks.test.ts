import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { runAccepting } from './support/quickInput.ts';
import { inWorkspace } from './support/workspace.ts';

const text = `# Settings

## Variables

\`\`\`bash
export CACHE_TTL=60      # one minute
export CACHE_MODE=strict
export CACHE_TOKEN=t0p-secret
export CACHE_ZONE=eu
\`\`\`

1. Check a-config.yaml:
   - cache.ttl: between 1 and 100
   - cache.mode: strict

## Rollback

- [ ] Nothing to do
`;

describe('Checks', () => {
  const files = {
    checklist: inWorkspace('settings-checklist.md'),
    // The first of its kind in the lists that are offered.
    env: inWorkspace('.env'),
    config: inWorkspace('a-config.yaml'),
  };
  const uri = vscode.Uri.file(files.checklist);

  beforeEach(async () => {
    await writeFile(files.checklist, text);
    await writeFile(files.env, 'CACHE_TTL=60\nCACHE_MODE=loose\nCACHE_TOKEN=an0ther-secret\n');
    await writeFile(files.config, 'cache:\n  ttl: 600\n  mode: strict\n');
    await vscode.commands.executeCommand('cacheOps.refreshChecklists');
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
    await vscode.commands.executeCommand('cacheOps.refreshChecklists');
  });

  /** The text of the newest report: read-only, nowhere on disk. */
  function report(title: string): string {
    const shown = vscode.workspace.textDocuments.filter(
      (one) => one.uri.scheme === 'cache-ops' && one.uri.path === `/${title}.md`,
    );
    return shown.at(-1)?.getText() ?? '';
  }

  it('of environment variables report what is set, missing and different, and show no secret', async () => {
    await runAccepting('cacheOps.checkEnvironmentVariables', [uri], () => report('Environment Variables') !== '');
    const said = report('Environment Variables');
    assert.match(said, /## \.env: 1 set, 1 missing, 2 different/);
    assert.match(said, /\| `CACHE_TTL` \| ✓ set, the same \| `60` \| `60` \| 6 \| one minute \|/);
    assert.match(said, /\| `CACHE_MODE` \| ✗ different \| `strict` \| `loose` \|/);
    assert.match(said, /\| `CACHE_TOKEN` \| ✗ different \| a secret \| not shown \|/);
    assert.match(said, /\| `CACHE_ZONE` \| ✗ missing \|/);
    assert.doesNotMatch(said, /t0p-secret|an0ther-secret/);
    assert.ok(
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes('Environment Variables'))),
      'it is shown',
    );
  });

  it('of a configuration file report each limit with its place', async () => {
    await runAccepting('cacheOps.checkConfiguration', [uri], () => report('Check Configuration') !== '');
    const said = report('Check Configuration');
    assert.match(said, /a-config\.yaml against settings-checklist\.md, .*: 1 passed, 1 failed\./);
    assert.match(
      said,
      /\| `cache\.ttl` is a number from 1 to 100 \| ✗ failed \| cache\.ttl is 600, expected a number from 1 to 100 \| 2 \|/,
    );
    assert.match(said, /\| `cache\.mode` is `strict` \| ✓ passed \|  \| 3 \|/);
  });
});
