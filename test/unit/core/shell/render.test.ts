import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { judgeOutput } from '../../../../src/core/checklist/meaning/judgeOutput.ts';
import { OpsError } from '../../../../src/core/errors.ts';
import { renderStatement } from '../../../../src/core/shell/render.ts';
import type { PlaceholderValue } from '../../../../src/core/shell/types.ts';
import { realParser, statementOf } from './parser.ts';

type Values = Readonly<Record<string, PlaceholderValue>>;

/** Ways to print exactly one value, each quoting it differently. */
const CONTEXTS = [
  "printf '%s\\n' <value>",
  'printf "%s\\n" "<value>"',
  "echo_it '<value>'",
  'printf "%s\\n" a"<value>"b',
  'x=<value>; printf "%s\\n" "$x"'.replace('; printf "%s\\n" "$x"', ''),
  'printf "%s\\n" "$(echo_it <value>)"',
  'for i in 1; do echo_it <value>; done',
  'if echo_it <value>; then :; fi',
  'cat << EOF\n<value>\nEOF',
  "cat << 'EOF'\n<value>\nEOF",
  '{ echo_it <value> | cat; }',
];

/** Texts that would be a command, an option, another line or an end, if anything let them. */
const HOSTILE = fc.oneof(
  fc.constantFrom(
    "'; touch HACKED; '",
    '"; touch HACKED; "',
    '$(touch HACKED)',
    '`touch HACKED`',
    '${IFS}touch${IFS}HACKED',
    'a\nEOF\ntouch HACKED',
    'EOF',
    '\\',
    "\\'; touch HACKED #",
    '& touch HACKED &',
    '| touch HACKED',
    '> HACKED',
    '<(touch HACKED)',
    '!!',
    '~',
    '*',
    '{a,b}',
    '$HOME',
    '#',
    '--help',
    '\u0000',
    'é✅🚀',
    'a b\tc',
  ),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '(',
      ')',
      '{',
      '}',
      ';',
      '&',
      '|',
      '<',
      '>',
      '\n',
      ' ',
      '#',
      '!',
      '*',
      '~',
      '-',
      'E',
      'O',
      'F',
      'a',
    ),
    minLength: 1,
    maxLength: 12,
  }),
);

describe('filling values into a statement', () => {
  const parser = realParser();
  const render = async (code: string, values: Values = {}) => renderStatement(await statementOf(code, parser), values);

  it('never lets a value become anything but one word of text', async function () {
    this.timeout(30_000); // runs bash for each value
    const templates = await Promise.all(
      CONTEXTS.filter((code) => !code.startsWith('x=')).map((code) => statementOf(code, parser)),
    );
    const folder = mkdtempSync(path.join(tmpdir(), 'cache-ops-render-'));
    let tried = 0;
    fc.assert(
      fc.property(HOSTILE, (value) => {
        const rendered = templates.flatMap((statement) => {
          try {
            return [renderStatement(statement, { value })];
          } catch (error) {
            assert.ok(error instanceof OpsError, String(error));
            return [];
          }
        });
        tried += rendered.length;
        const script = [
          'echo_it() { printf "%s\\n" "$1"; }',
          ...rendered.map((code) => `${code}\nprintf '\\001'`),
        ].join('\n');
        const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: folder });
        const outputs = stdout.split('\u0001').slice(0, -1);
        assert.equal(outputs.length, rendered.length, `${JSON.stringify(value)}\n${script}\n${stderr}`);
        outputs.forEach((output, index) => {
          const wanted = rendered[index]?.startsWith('printf "%s\\n" a') ? `a${value}b\n` : `${value}\n`;
          // The shell itself takes line ends off what a substitution prints.
          const isSubstituted = rendered[index]?.includes('$(echo_it') ?? false;
          const same = isSubstituted ? output.replace(/\n+$/, '') === wanted.replace(/\n+$/, '') : output === wanted;
          assert.ok(same, `${JSON.stringify(value)} became ${JSON.stringify(output)} in ${rendered[index] ?? ''}`);
        });
      }),
      { numRuns: 80 },
    );
    assert.ok(tried > 300, 'almost nothing was rendered');
    assert.deepEqual(readdirSync(folder), [], 'a value was run');
    rmSync(folder, { recursive: true });
  });

  it('writes a value where it stands, and the same value wherever its name stands', async () => {
    assert.equal(
      await render('docker logs <container> | grep "<container>"', { container: 'app 1' }),
      `docker logs 'app 1' | grep ""'app 1'""`,
    );
    assert.equal(await render('git checkout <commit>', { commit: 'HEAD~1' }), "git checkout 'HEAD~1'");
  });

  it('refuses what would be an option, a program, another line or code', async () => {
    const refused: readonly (readonly [string, Values, RegExp])[] = [
      ['git checkout <commit>', { commit: '--orphan' }, /begins with a dash/],
      ['git checkout "<commit>"', { commit: '-f' }, /begins with a dash/],
      ['ssh <host> uptime', { host: '-oProxyCommand=touch x' }, /begins with a dash/],
      ['<command> a', { command: 'rm' }, /name of a program/],
      ['sudo -u app <command>', { command: 'rm' }, /name of a program/],
      ['bash -c "echo <reason>"', { reason: 'a; rm x' }, /piece of code/],
      ["ssh host 'echo <reason>'", { reason: '$(rm x)' }, /piece of code/],
      ['python -c "print(\'<name>\')"', { name: "'+x+'" }, /piece of code/],
      ['watch "curl http://x/<id>"', { id: 'a;b' }, /piece of code/],
      ['eval echo <name>', { name: '$(x)' }, /piece of code/],
      ['[[ <number> -eq 1 ]]', { number: 'a[$(x)]' }, /piece of code/],
      ['echo $((<number> + 1))', { number: 'a[$(x)]' }, /piece of code/],
      ['bash << EOF\necho <name>\nEOF', { name: '; rm x' }, /piece of code/],
      ['xargs -I {} sh -c "echo <name>"', { name: '$(x)' }, /piece of code/],
      ['cat << EOF\n<reason>\nEOF', { reason: 'a\nEOF\nrm x' }, /more than one line/],
      ['echo <name>', { name: '' }, /is empty/],
      ['echo <name>', { name: 'a\0b' }, /zero byte/],
      ['echo <name>', {}, /no value for <name>/],
    ];
    for (const [code, values, message] of refused) {
      const statement = await statementOf(code, parser);
      assert.throws(
        () => renderStatement(statement, values),
        (error) =>
          error instanceof OpsError &&
          message.test(error.message) &&
          error.message.endsWith('Nothing was run.') &&
          error.next !== undefined,
        code,
      );
    }
  });

  it('accepts plain values in code', async () => {
    assert.equal(await render('watch "curl http://x/<id>"', { id: 'job-42' }), `watch "curl http://x/"'job-42'""`);
  });

  it('leaves comments inside a statement as they are', async () => {
    const code = 'for i in 1; do\n  echo $i # <reason>\ndone';
    assert.equal(await render(code), code);
  });

  it('takes a secret from the environment of the process', async () => {
    const key = { variable: 'CACHE_OPS_KEY' };
    assert.equal(await render('KEY=<api-key>', { 'api key': key }), 'KEY="${CACHE_OPS_KEY}"');
    assert.equal(await render('KEY="<api-key>"', { 'api key': key }), 'KEY="${CACHE_OPS_KEY}"');
    assert.equal(await render("echo '<api-key>'", { 'api key': key }), `echo ''"\${CACHE_OPS_KEY}"''`);
  });

  it('hands the password of redis-cli over in its environment', async () => {
    assert.equal(
      await render('redis-cli -h $H -p $P -a $REDIS_PASSWORD ping'),
      'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h $H -p $P ping',
    );
    assert.equal(await render('redis-cli -a "$PW" INFO | grep a'), 'REDISCLI_AUTH="$PW" redis-cli INFO | grep a');
    assert.equal(await render('x=$(redis-cli --pass pw DBSIZE)'), 'x=$(REDISCLI_AUTH=pw redis-cli DBSIZE)');
    assert.equal(
      await render('redis-cli -a <password> ping', { password: 'p w' }),
      "REDISCLI_AUTH='p w' redis-cli ping",
    );
    assert.equal(
      await render('redis-cli -a $A --scan | xargs -I {} redis-cli -h h -a $A TTL {}'),
      'REDISCLI_AUTH=$A redis-cli --scan | REDISCLI_AUTH=$A xargs -I {} redis-cli -h h TTL {}',
    );
    assert.equal(await render('redis-cli \\\n  -a $A \\\n  PING'), 'REDISCLI_AUTH=$A redis-cli \\\n  PING');
  });

  it('leaves -a where it is no password, or where the environment would not arrive', async () => {
    for (const code of [
      'redis-cli SET -a b',
      'grep -a x file',
      'sudo redis-cli -a $A ping',
      'docker exec c redis-cli -a $A ping',
    ]) {
      assert.equal(await render(code), code);
    }
  });

  it('makes curl say the status of the answer, where that is wanted', async function () {
    if (spawnSync('curl', ['--version']).error !== undefined) {
      console.log('      skipped: there is no curl on this machine');
      this.skip();
    }
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/ok' ? 200 : 503).end('body');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      for (const [url, status] of [
        ['ok', '200'],
        ['busy', '503'],
      ]) {
        const statement = await statementOf(`curl http://127.0.0.1:${port}/${url}`, parser);
        const code = renderStatement(statement, {}, { showStatus: true });
        const { stdout, stderr } = await promisify(execFile)('bash', ['-c', code]);
        assert.equal(stdout, 'body');
        assert.match(stderr, new RegExp(`^HTTP status ${status}$`, 'm'));
        const expectation = { kind: 'httpStatus', status: 200, text: '200' } as const;
        const output = { exitCode: 0, stdout, stderr, durationMs: 1 };
        assert.equal(judgeOutput(expectation, output).kind, url === 'ok' ? 'passed' : 'failed');
      }
    } finally {
      server.close();
    }
    const own = await statementOf('curl -sw "%{http_code}" http://x', parser);
    assert.equal(renderStatement(own, {}, { showStatus: true }), own.code);
  });
});
