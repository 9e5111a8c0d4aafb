import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { lintChecklist } from '../../../../../src/core/checklist/lint/lintChecklist.ts';
import { understand } from '../../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../../src/core/checklist/walk.ts';
import { fixed, lint, marks, withCommands } from './lint.ts';

describe('lint: duplicate-item', () => {
  const rule = 'duplicate-item';

  it('finds the second of two in one list, however it is written', () => {
    const text = '# Plan\n\n- [ ] Back up\n- [ ] Tell all\n- [ ] back  up.\n';
    assert.deepEqual(marks(rule, text), ['- [ ] back  up.']);
  });

  it('is quiet across stages, between levels, and where commands differ', () => {
    assert.deepEqual(marks(rule, '# Plan\n\n## A\n\n- [ ] Look\n\n## B\n\n- [ ] Look\n'), []);
    assert.deepEqual(marks(rule, '# Plan\n\n- [ ] Look\n  - [ ] Look\n'), []);
    assert.deepEqual(
      marks(rule, '# Plan\n\n- [ ] Try\n\n  ```sh\n  a\n  ```\n\n- [ ] Try\n\n  ```sh\n  b\n  ```\n'),
      [],
    );
    assert.deepEqual(marks(rule, '# Plan\n\n1. Wait\n2. Wait\n'), []);
  });

  it('is fixed by taking the line out', () => {
    assert.equal(fixed(rule, '# P\r\n\r\n- [ ] A\r\n- [ ] A\r\n- [ ] B\r\n'), '# P\r\n\r\n- [ ] A\r\n- [ ] B\r\n');
    assert.throws(() => fixed(rule, '# P\n\n- [ ] A\n- [x] A\n'), /a fix is offered/);
  });
});

describe('lint: expectation-missing', () => {
  const rule = 'expectation-missing';

  it('finds a look at something that nothing is expected of', () => {
    assert.deepEqual(marks(rule, withCommands('redis-cli INFO memory\n\ncurl -s localhost/health | jq .')), [
      'redis-cli INFO memory',
      'curl -s localhost/health | jq .',
    ]);
    assert.deepEqual(marks(rule, '# P\n\n- [ ] Look at the keys: `redis-cli DBSIZE`\n'), ['redis-cli DBSIZE']);
  });

  it('is quiet where the document says what should come out', () => {
    assert.deepEqual(
      marks(rule, withCommands('redis-cli PING\n# Expected: PONG\nredis-cli PING # Should return: PONG')),
      [],
    );
    assert.deepEqual(marks(rule, '# P\n\n- [ ] Memory: `redis-cli CONFIG GET maxmemory` returns `512mb`\n'), []);
  });

  it('is quiet about changes, preparations and what judges itself', () => {
    assert.deepEqual(
      marks(rule, withCommands('export A=1\ncd app\nB=$(date)\nmkdir x\ngit push\ndocker-compose up -d')),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('tail -f a.log\nvi a.txt\nwatch redis-cli PING')), []);
    assert.deepEqual(
      marks(
        rule,
        withCommands('if ! redis-cli PING; then\n  exit 1\nfi\nuntil redis-cli PING | grep -q PONG; do sleep 1; done'),
      ),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('#!/bin/bash\nset -e\nredis-cli PING')), []);
  });
});

describe('lint: shell-syntax', () => {
  it('tells where the shell cannot go on', () => {
    const text = withCommands('redis-cli PING\nif true; then');
    const { checklist } = openDocument(text);
    const block = [...nodesOf(checklist.stages)].find((node) => node.kind === 'block');
    assert.ok(block);
    const at = text.indexOf('if true');
    const error = { message: 'It ends too early.', range: { start: at, end: at, line: 8 } };
    const context = { text, environments: [], severities: {} };
    const found = lintChecklist(checklist, understand(checklist, text), new Map([[block.id, { error }]]), context);
    assert.deepEqual(
      found.filter(({ rule }) => rule === 'shell-syntax'),
      [
        {
          rule: 'shell-syntax',
          severity: 'error',
          message: 'It ends too early.',
          range: { start: at, end: at + 1 },
          fixes: [],
        },
      ],
    );
  });
});

describe('lint: placeholder', () => {
  const rule = 'placeholder';

  it('finds what is to be filled in, in commands and in prose', () => {
    assert.deepEqual(marks(rule, withCommands('docker logs <container>\nkey=your-api-key')), [
      '<container>',
      'your-api-key',
    ]);
    assert.deepEqual(marks(rule, '# P\n\nAsk <your-name> or <on-call>.\n\n- [ ] `git checkout <old-commit>`\n'), [
      '<your-name>',
      '<on-call>',
      '<old-commit>',
    ]);
  });

  it('is quiet about expected output, redirections and markup', () => {
    assert.deepEqual(marks(rule, withCommands('# Expected: "<recent time>"\nsort < a.txt > b.txt')), []);
    assert.deepEqual(
      marks(rule, '# P\n\n<my-element>x</my-element> `<not-this>`\n\n```json\n{"a": "<b-c>"}\n```\n'),
      [],
    );
  });
});

describe('lint: the rules together', () => {
  it('are switched off and weighed by the settings', () => {
    const text = '# P\n\n- [ ] `redis-cli KEYS a*` and `redis-cli FLUSHALL`\n';
    assert.deepEqual(
      lint(text, { severities: { 'expectation-missing': 'off' } }).map(({ rule, severity }) => [rule, severity]),
      [
        ['rollback-missing', 'warning'],
        ['redis-keys', 'warning'],
        ['redis-flushall', 'warning'],
      ],
    );
    const severities = { 'rollback-missing': 'off', 'redis-keys': 'error', 'expectation-missing': 'off' } as const;
    assert.deepEqual(
      lint(text, { severities }).map(({ rule, severity }) => [rule, severity]),
      [
        ['redis-keys', 'error'],
        ['redis-flushall', 'warning'],
      ],
    );
  });

  it('mark the right place in lists, quotes and files with CRLF, a byte order mark and tabs', () => {
    const nested =
      '\uFEFF# P\n\n## Rollback\n\n1. Do\n\n   ```bash\n   # Ünïcode 🚀\n   redis-cli \\\n     FLUSHALL\n   ```\n\n> ```sh\n> redis-cli KEYS *\n> ```\n\n-\t[ ] A\n';
    for (const text of [nested, nested.replaceAll('\n', '\r\n')]) {
      assert.deepEqual(marks('redis-flushall', text), ['FLUSHALL']);
      assert.deepEqual(marks('redis-keys', text), ['KEYS *']);
    }
  });

  it('go on behind code the shell cannot read', () => {
    assert.deepEqual(marks('redis-flushall', withCommands("echo 'never closed\nredis-cli FLUSHALL")), ['FLUSHALL']);
    assert.deepEqual(marks('redis-flushall', withCommands('if then )\nredis-cli FLUSHALL')), ['FLUSHALL']);
  });

  it('never throw, and mark only what is in the document', () => {
    const word = fc.constantFrom(
      'redis-cli',
      '-a',
      '$P',
      'KEYS',
      '*',
      '<x-y>',
      "'",
      '"',
      '`',
      '$(',
      ')',
      '\\',
      '\n',
      '```bash\n',
      '\n```\n',
      '- [ ] ',
      '> ',
      '# ',
      'curl http://qdrant:6333/health',
      'docker-compose restart',
      '.env',
      '203.0.113.9',
      '\r\n',
      '🚀',
      '<<EOF\n',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const text = words.join(' ');
        for (const { range, fixes } of lint(text)) {
          assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
          for (const { offset, length } of fixes.flatMap(({ edits }) => edits))
            assert.ok(offset >= 0 && offset + length <= text.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
