import assert from 'node:assert/strict';
import { outlineOf } from './outline.ts';

const drawnIn = (code: string): string[] =>
  outlineOf(`# One\n\n\`\`\`\n${code}\n\`\`\`\n`)
    .slice(2)
    .map((row) => row.slice(4));

describe('trees drawn in a fence', () => {
  it('are items where the branches say what is required', () => {
    assert.deepEqual(
      drawnIn('Before:\n├── Backup:\n│   ├── Snapshot is taken\n│   └── Copy: elsewhere\n└── Team knows'),
      ['├ Backup', '  ├ Snapshot is taken', '  ├ Copy: elsewhere', '├ Team knows'],
    );
  });

  it('stand below the line above them where there are several', () => {
    assert.deepEqual(drawnIn('Slow:\n├── Look at the log\n└── Look at memory\n\nDown:\n└── Call the owner'), [
      '├ Slow',
      '  ├ Look at the log',
      '  ├ Look at memory',
      '├ Down',
      '  ├ Call the owner',
    ]);
  });

  it('go on over lines that only continue the trunk', () => {
    assert.deepEqual(drawnIn('├── First thing\n│\n│   and more about it\n└── Second thing'), [
      '├ First thing',
      '├ Second thing',
    ]);
  });

  const others: readonly (readonly [string, string])[] = [
    ['a directory', 'cache/\n├── src/\n│   ├── main.py\n│   └── settings.yaml\n└── README.md'],
    [
      'a directory with remarks',
      '├── src/         the sources\n├── main.py      # where it starts\n└── docs/ - all about it',
    ],
    ['a directory with remarks in brackets', '├── redis.conf (what the server reads)\n└── limits.yaml <- thresholds'],
    ['packages', '├── ioredis@6.0.0\n└─┬ zod@4.6.7\n  └── tiny@1.0.0'],
    ['processes', 'systemd\n├─812 /usr/bin/redis-server *:6379\n└─900 nginx: master process'],
    [
      'boxes',
      '┌─────────┬───────┐\n│ the app │ Redis │\n├─────────┼───────┤\n│ a big b │ c d e │\n└─────────┴───────┘',
    ],
  ];
  for (const [name, code] of others) {
    it(`are no items where they show ${name}`, () => assert.deepEqual(drawnIn(code), []));
  }
});
