import assert from 'node:assert/strict';
import { composeScript } from '../../../../src/core/run/script.ts';
import type { ScriptRequest } from '../../../../src/core/run/script.ts';

function compose(texts: readonly string[], more: Partial<ScriptRequest> = {}): ReadonlyMap<string, string> {
  const statements = texts.map((text, index) => ({ id: `s${index}`, text }));
  const files = composeScript({ folder: '/run/o n', statements, stopOnFailure: false, state: undefined, ...more });
  return new Map(files.map(({ name, text }) => [name, text]));
}

/** What the script does after it is set up. */
function stepsOf(script: string | undefined): readonly string[] {
  return script?.slice(script.indexOf('\n{\n__cacheOps_first')).trim().split('\n') ?? [];
}

describe('The script of a block', () => {
  it('sources one file per statement, in order, and holds no statement itself', () => {
    const files = compose(['redis-cli ping', 'cat <<END\nx\nEND']);
    assert.deepEqual([...files.keys()], ['block.sh', '1.sh', '2.sh']);
    const script = files.get('block.sh') ?? '';
    assert.doesNotMatch(script, /redis-cli|END/);
    const sourced = stepsOf(script).filter((line) => line.startsWith('. '));
    assert.deepEqual(sourced, [". '/run/o n/1.sh'", ". '/run/o n/2.sh'"]);
  });

  it('keeps the first line of a statement the first, so that messages of bash count right', () => {
    const [first] = compose(['echo one\necho two']).get('1.sh')?.split('\n') ?? [];
    assert.match(first ?? '', /; echo one$/);
  });

  it('adds nothing that a here-document left open could swallow', () => {
    assert.match(compose(['cat <<END\nopen']).get('1.sh') ?? '', /cat <<END\nopen\n$/);
  });

  const careful = ['set -e', 'exec >log', 'source ./env.sh', '. ./env.sh', 'eval "$x"', 'trap x EXIT', 'a && . b'];
  for (const text of careful)
    it(`watches flags and descriptors in a block with: ${text}`, () => {
      const files = compose(['echo', text]);
      assert.match(files.get('block.sh') ?? '', /\/dev\/fd\/2 -ef/);
      assert.match(files.get('1.sh') ?? '', /__cacheOps_end/);
    });

  for (const text of ['redis-cli ping', 'curl -fsS localhost:80/health', 'echo .', 'ls .'])
    it(`spares itself the care in a block with: ${text}`, () =>
      assert.doesNotMatch(compose([text]).get('block.sh') ?? '', /-ef/));

  it('takes the same care when the block before left flags', () => {
    assert.match(compose(['echo'], { state: "__cacheOps_flags='e'" }).get('block.sh') ?? '', /-ef/);
    assert.doesNotMatch(compose(['echo'], { state: "x=1\n__cacheOps_flags=''" }).get('block.sh') ?? '', /-ef/);
  });

  it('is one compound command, read before the first statement can change anything', () => {
    const steps = stepsOf(compose(['a', 'b']).get('block.sh'));
    assert.equal(steps[0], '{');
    assert.equal(steps.at(-1), '}');
  });

  it('looks at the exit code between statements only where a failure is to stop the block', () => {
    const check = /__cacheOps_code == 0/;
    assert.match(compose(['a', 'b'], { stopOnFailure: true }).get('block.sh') ?? '', check);
    assert.doesNotMatch(compose(['a', 'b']).get('block.sh') ?? '', check);
  });

  it('follows further descriptors only where a statement may have made some', () => {
    assert.doesNotMatch(compose(['a']).get('block.sh') ?? '', /\/dev\/fd\/3/);
    assert.match(compose(['exec 3>&1', 'b']).get('block.sh') ?? '', /\/dev\/fd\/9/);
  });

  it('starts no process of its own, but to make its pipes and to restore a state', () => {
    const script = compose(['a', 'exec 3>&1', 'trap x EXIT']).get('block.sh') ?? '';
    assert.equal(script.match(/command -p mkfifo/g)?.length, 1);
    assert.doesNotMatch(script, /\$\((?!\()|`|[<>]\(|[^|>]\|[^|]|\b(?:tee|date|cat|mktemp)\b/);
    assert.match(compose(['a'], { state: 'x=1' }).get('block.sh') ?? '', /command -p cat <&3/);
  });
});
