import assert from 'node:assert/strict';
import { parseCommand } from '../../../../src/core/shell/parseBlock.ts';
import { fenced, parseOnly, realParser, statementOf } from './parser.ts';

describe('parsing a shell block', () => {
  const parser = realParser();

  const codesOf = async (markdown: string) => (await parseOnly(markdown, parser)).statements.map(({ code }) => code);

  it('keeps here-documents, continuations, pipes, loops and functions whole', async () => {
    const statements = [
      'cat > "report_${DAY}.md" << EOF\n# Report, no comment\n\n$(git rev-parse HEAD)\nEOF',
      'curl -fsS "$URL/x" \\\n  -H "A: b" \\\n  | jq .a > "out_$DAY.json"',
      'for key in a b; do\n  # a remark\n  redis-cli GET "$key"\ndone',
      'check() {\n  curl -f "$1" || return 1\n}',
      'if ! check "$URL"; then echo "not well"; exit 1; fi',
      'python3 -c "\nimport sys\n\nprint(sys.version)  # not a comment of the shell\n"',
      "watch -n 60 '\n  echo hits && \\\n  curl -s x\n'",
    ];
    assert.deepEqual(await codesOf(fenced(statements.join('\n\n'))), statements);
  });

  it('says where each statement stands in the document, also in a list, a quote and with any line end', async () => {
    const markdown =
      '1. Do this:\n\n   ```bash\n   # first\n   redis-cli PING   # answers\n   redis-cli \\\n     INFO\n   ```\n';
    for (const text of [markdown, markdown.replaceAll('\n', '\r\n'), markdown.replaceAll(/^(?=.)/gm, '> ')]) {
      const { statements, comments } = await parseOnly(text, parser);
      assert.deepEqual(
        statements.map(({ code }) => code),
        ['redis-cli PING', 'redis-cli \\\n  INFO'],
      );
      assert.deepEqual(
        statements.map(({ range }) => range.line),
        [4, 5],
      );
      assert.equal(text.slice(statements[0]?.range.start, statements[0]?.range.end), 'redis-cli PING');
      assert.match(text.slice(statements[1]?.range.start, statements[1]?.range.end), /^redis-cli \\[\s>]+INFO$/);
      assert.deepEqual(
        comments.map((comment) => [comment.text, comment.trailing, text.slice(comment.range.start, comment.range.end)]),
        [
          ['first', false, '# first'],
          ['answers', true, '# answers'],
        ],
      );
    }
  });

  it('counts characters and not bytes', async () => {
    const text = fenced('echo "✅ größer 🚀" # é\necho 2');
    const { statements } = await parseOnly(text, parser);
    assert.deepEqual(
      statements.map(({ range }) => text.slice(range.start, range.end)),
      ['echo "✅ größer 🚀"', 'echo 2'],
    );
  });

  it('takes the body of a here-document in a pipe along', async () => {
    const code = 'cat << EOF | grep b\na\nb\nEOF';
    assert.deepEqual(await codesOf(fenced(`${code}\necho next`)), [code, 'echo next']);
  });

  it('separates statements on one line, and keeps the & of those in the background', async () => {
    assert.deepEqual(await codesOf(fenced('sleep 5 & echo a; echo b')), ['sleep 5 &', 'echo a', 'echo b']);
  });

  it('reads placeholders as words, also where they would be redirections', async () => {
    const { statements, error } = await parseOnly(
      fenced(
        'git revert <commit_hash>\ndocker logs <container> 2>&1 | grep -i cache\ngit clone <repository-url> .\nexport KEY=<api-key>',
      ),
      parser,
    );
    assert.equal(error, undefined);
    assert.deepEqual(
      statements.map(({ placeholders }) => placeholders.map(({ text, name }) => [text, name])),
      [
        [['<commit_hash>', 'commit hash']],
        [['<container>', 'container']],
        [['<repository-url>', 'repository url']],
        [['<api-key>', 'api key']],
      ],
    );
    assert.deepEqual(
      statements[1]?.tree?.kind === 'compound' &&
        statements[1].tree.commands.map(({ redirections }) => redirections.length),
      [1, 0],
    );
  });

  it('keeps the rest of a block whose end is not shell, and says where it stops being it', async () => {
    const text = fenced('redis-cli PING\nredis-cli INFO\nif true; then\necho (');
    const { statements, error } = await parseOnly(text, parser);
    assert.deepEqual(
      statements.map(({ code }) => code),
      ['redis-cli PING', 'redis-cli INFO'],
    );
    assert.match(error?.message ?? '', /^The shell cannot read this block: /);
    assert.ok((error?.range.line ?? 0) >= 3);
  });

  it('takes prompts off a recorded session', async () => {
    const text = fenced('$ redis-cli PING\nPONG\n$ redis-cli \\\n>   DBSIZE\n(integer) 7\n', 'console');
    const { statements } = await parseOnly(text, parser);
    assert.deepEqual(
      statements.map(({ code }) => code.replace(/\s+/g, ' ')),
      ['redis-cli PING', 'redis-cli \\ DBSIZE'],
    );
    assert.equal(text.slice(statements[0]?.range.start, statements[0]?.range.end), 'redis-cli PING');
  });

  it('tells which variables a statement needs and which it sets', async () => {
    const read = async (code: string) => {
      const { variables, assigns } = await statementOf(code, parser);
      return [variables, assigns];
    };
    assert.deepEqual(await read('redis-cli -h $REDIS_HOST -p "${REDIS_PORT:-6379}" ping'), [
      ['REDIS_HOST', 'REDIS_PORT'],
      [],
    ]);
    assert.deepEqual(await read('DAY=$(date +%F)'), [[], ['DAY']]);
    assert.deepEqual(await read('export A=1 B="$C"'), [['C'], ['A', 'B']]);
    assert.deepEqual(await read('A=1 program "$A" $1 $? $$'), [['A'], []]);
    assert.deepEqual(await read('for key in $KEYS; do echo "$key"; done'), [['KEYS'], ['key']]);
    assert.deepEqual(await read('echo \'$NOT\' $(cat "$FILE")'), [['FILE'], []]);
    assert.deepEqual(await read('cat << EOF\n$WHY\nEOF'), [['WHY'], []]);
    assert.deepEqual(await read("cat << 'EOF'\n$WHY\nEOF"), [[], []]);
    assert.deepEqual(await read('(A=1; echo $A)'), [[], []]);
  });

  it('parses what stands in a sentence', async () => {
    const { statements } = await parseCommand('docker-compose logs backend | grep "SLOW QUERY"', parser);
    assert.deepEqual(
      statements.map(({ code, range }) => [code, range.start]),
      [['docker-compose logs backend | grep "SLOW QUERY"', 0]],
    );
  });
});
