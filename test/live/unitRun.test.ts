import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OpsError } from '../../src/core/errors.ts';
import { environmentOf, runChecklist, TestPerson } from './support/runs.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-runs');

/** A fence, without ending the template it stands in. */
function bash(code: string): string {
  return `\`\`\`bash\n${code}\n\`\`\`\n`;
}

describe('running a checklist', () => {
  let person: TestPerson;

  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    person = new TestPerson();
  });

  it('holds what comes out against what is expected', async () => {
    const text = `# Plan\n\n${bash('echo PONG\n# Expected: PONG\necho nothing of the kind\n# Expected: OK')}`;
    const summary = await runChecklist(text, person, folder);
    assert.deepEqual(person.verdicts, ['echo PONG: passed', 'echo nothing of the kind: failed']);
    assert.equal(summary.failed, 1);
    assert.match(summary.stopped ?? '', /Stopped after a failure/);
  });

  it('passes variables, functions and the directory on to the next block', async () => {
    const text = `# Plan\n\n${bash('mkdir -p there\ncd there\nname=cache\ngreet() { echo "hello $1"; }')}\n${bash('greet "$name" in "$(basename "$PWD")"\n# Expected: hello cache')}`;
    const summary = await runChecklist(text, person, folder);
    assert.equal(summary.failed, 0, person.asked.join('\n'));
    assert.ok(person.verdicts.at(-1)?.endsWith('passed'));
  });

  it('is written down before it changes anything, with what became of it; reading is not', async () => {
    const text = `# Plan\n\n${bash('ls\ntouch before')}\n${bash('touch after; false')}\n${bash('ls')}`;
    await runChecklist(text, person, folder, environmentOf({ tier: 'staging' }));
    assert.deepEqual(
      person.journal.filter((line) => !line.startsWith('ran')),
      [
        'begun ls: touch before (no reason)',
        'ended: all',
        'begun touch after; false: touch after (no reason)',
        'ended: Stopped after a failure: false',
      ],
    );
  });

  it('runs nothing when it cannot be written down', async () => {
    person.beginChange = () => Promise.reject(new OpsError('file', 'The journal could not be written.'));
    const text = `# Plan\n\n${bash('touch before')}`;
    await assert.rejects(runChecklist(text, person, folder), { code: 'file' });
    await assert.rejects(readFile(path.join(folder, 'before')));
  });

  it('stops at a failure; nothing after it runs', async () => {
    const text = `# Plan\n\n${bash('false')}\n${bash('touch after')}`;
    const summary = await runChecklist(text, person, folder);
    assert.deepEqual(person.asked, ['failed false: exit code 1']);
    assert.equal(summary.passed, 0);
    await assert.rejects(readFile(path.join(folder, 'after')));
  });

  it('retries from the step that failed', async () => {
    const text = `# Plan\n\n${bash('echo once >> log\ntest -e ready || { touch ready; false; }\necho done >> log')}`;
    person.answers.afterFailure = [{ kind: 'retry' }];
    const summary = await runChecklist(text, person, folder);
    assert.equal(await readFile(path.join(folder, 'log'), 'utf8'), 'once\ndone\n');
    assert.deepEqual([summary.failed, summary.stopped], [0, undefined]);
  });

  it('goes on in spite of a failure with a reason, which is kept', async () => {
    const text = `# Plan\n\n${bash('false\necho on')}`;
    person.answers.afterFailure = [{ kind: 'override', reason: 'known since Monday' }];
    const summary = await runChecklist(text, person, folder);
    assert.deepEqual(person.verdicts, ['false: failed', 'echo on: passed']);
    assert.equal([...person.evidence.values()][0]?.override, 'known since Monday');
    assert.equal(summary.stopped, undefined);
  });

  it('does not change anything after a check that failed in the same block', async () => {
    const text = `# Plan\n\n${bash('echo NOAUTH\n# Expected: PONG\nrm -rf precious')}`;
    await mkdir(path.join(folder, 'precious'));
    await runChecklist(text, person, folder);
    assert.deepEqual(person.verdicts, ['echo NOAUTH: failed']);
    await mkdir(path.join(folder, 'precious')).then(
      () => assert.fail('it was removed'),
      () => undefined,
    );
  });

  it('confirms what is destructive with the exact command and where it reaches', async () => {
    const text = `# Plan\n\n${bash('redis-cli -h 127.0.0.1 -p 1 FLUSHDB')}`;
    person.answers.reason = undefined;
    const summary = await runChecklist(text, person, folder);
    const [request] = person.confirmations;
    assert.equal(request?.confirmation, 'button');
    assert.deepEqual(
      request?.commands.map(({ code, effect, reaches }) => [code, effect, reaches]),
      [['redis-cli -h 127.0.0.1 -p 1 FLUSHDB', 'destructive', ['Redis 127.0.0.1:1']]],
    );
    assert.match(summary.stopped ?? '', /Not confirmed/);
    assert.equal(person.evidence.size, 0);
  });

  it('asks for the environment’s name in production, for every change', async () => {
    const text = `# Plan\n\n${bash('touch changed')}`;
    await runChecklist(text, person, folder, environmentOf({ tier: 'production' }));
    assert.equal(person.confirmations[0]?.confirmation, 'name');
    assert.equal(person.changes, 1);
  });

  it('runs nothing that changes in a read-only environment, and asks nothing', async () => {
    const text = `# Plan\n\n${bash('touch changed')}`;
    const summary = await runChecklist(text, person, folder, environmentOf({ readOnly: true }));
    assert.match(summary.stopped ?? '', /read-only, and this would change something: touch changed/);
    assert.equal(person.confirmations.length, 0);
    await assert.rejects(readFile(path.join(folder, 'changed')));
  });

  it('treats an unknown command like a destructive one until it was approved', async () => {
    await writeFile(path.join(folder, 'check.sh'), 'echo fine\n', { mode: 0o755 });
    const text = `# Plan\n\n${bash('./check.sh')}`;
    await runChecklist(text, person, folder);
    assert.equal(person.confirmations[0]?.commands[0]?.effect, 'unknown');
    person.answers.approved = true;
    await runChecklist(text, person, folder);
    assert.equal(person.confirmations.length, 1, 'in development, a change is not confirmed');
  });

  it('runs one of several ways, never all', async () => {
    const text = `# Plan\n\n**Method A: touch**\n\n${bash('touch a')}\n**Method B: copy**\n\n${bash('touch b')}`;
    person.answers.option = 'copy';
    await runChecklist(text, person, folder);
    assert.equal(person.asked.filter((one) => one.startsWith('choose')).length, 1);
    assert.deepEqual(person.verdicts, ['touch b: passed']);
  });

  it('asks for a placeholder once, and a value cannot become a command', async () => {
    const text = `# Plan\n\n${bash('echo "for <reason>" > log\necho <reason>\n# Expected: $(touch broken); done')}`;
    person.answers.values = { reason: '$(touch broken); done' };
    await runChecklist(text, person, folder);
    assert.deepEqual(person.asked.slice(0, 1), ['fill <reason>']);
    assert.equal(await readFile(path.join(folder, 'log'), 'utf8'), 'for $(touch broken); done\n');
    await assert.rejects(readFile(path.join(folder, 'broken')));
  });

  it('leaves to a person what is for a person', async () => {
    const text = `# Plan\n\n${bash('# Edit .env\nCACHE_ENABLED=false\n\necho after')}`;
    const summary = await runChecklist(text, person, folder);
    assert.ok(
      person.asked.some((one) => one.startsWith('by hand')),
      person.asked.join('\n'),
    );
    assert.ok(!person.verdicts.some((one) => one.includes('CACHE_ENABLED')));
    assert.equal(summary.failed, 0);
  });

  it('stops at the door of another machine: what follows is meant for there', async () => {
    const text = `# Plan\n\n${bash('echo here\nssh cache-1\ntouch there')}`;
    await runChecklist(text, person, folder);
    assert.deepEqual(person.asked, ['hand over ssh cache-1 | touch there']);
    assert.deepEqual(person.verdicts, ['echo here: passed']);
  });

  it('gives what waits for a person or never ends a terminal of its own', async () => {
    const text = `# Plan\n\n${bash('tail -f log')}`;
    await runChecklist(text, person, folder);
    assert.deepEqual(person.asked, ['terminal tail -f log']);
    assert.deepEqual(person.verdicts, ['tail -f log: inconclusive']);
  });

  it('leaves out what is bound to another tier', async () => {
    const text = `# Plan\n\n## Clean up (DEVELOPMENT ONLY)\n\n${bash('touch development')}`;
    await runChecklist(text, person, folder, environmentOf({ tier: 'staging' }));
    assert.match(person.asked.join('\n'), /Left out: it is for development only, and shop is staging\./);
    assert.equal(person.evidence.size, 0);
  });

  it('asks a person about what no machine can judge', async () => {
    const text = `# Plan\n\n${bash('echo 1.9G free\n# Ensure there is enough memory')}`;
    person.answers.verdict = { kind: 'failed', why: 'too little' };
    const summary = await runChecklist(text, person, folder);
    assert.ok(
      person.asked.some((one) => one.startsWith('judge')),
      person.asked.join('\n'),
    );
    assert.equal(summary.failed, 1);
  });

  it('runs a command that stands in an item’s text', async () => {
    const text = '# Plan\n\n- [ ] It answers: `echo ping` returns `ping`\n';
    await runChecklist(text, person, folder);
    assert.deepEqual(person.verdicts, ['echo ping: passed']);
  });

  it('offers the cheaper way before a command that hurts a busy server', async () => {
    const text = `# Plan\n\n${bash("redis-cli -p 1 KEYS 'cache:*'\necho after")}`;
    await runChecklist(text, person, folder);
    assert.match(person.asked[0] ?? '', /^costly redis-cli -p 1 KEYS 'cache:\*': .*(scan|SCAN)/);
    assert.deepEqual(person.verdicts, ['echo after: passed']);
  });

  it('compares a command that is run twice with itself', async () => {
    const once = 'test -e warm || { sleep 0.3; touch warm; }';
    const text = `# Plan\n\n${bash(once)}\n${bash(`${once}\n# Expected: the second time should be faster`)}`;
    const summary = await runChecklist(text, person, folder);
    assert.equal(summary.failed, 0, person.asked.join('\n'));
    assert.equal(summary.inconclusive, 0);
  });

  it('does not let the document’s own values override the environment’s', async () => {
    const text = `# Plan\n\n## Variables\n\n${bash('export REDIS_HOST=localhost\nexport OTHER=other')}\n## Use\n\n${bash('echo "$REDIS_HOST $OTHER"\n# Expected: redis.example.org other')}`;
    const summary = await runChecklist(text, person, folder, environmentOf(), undefined, {
      REDIS_HOST: 'redis.example.org',
    });
    assert.equal(summary.failed, 0, person.asked.join('\n'));
  });
});
