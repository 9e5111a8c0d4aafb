import assert from 'node:assert/strict';
import { findPlaceholders, maskPlaceholders } from '../../../../src/core/shell/placeholders.ts';

describe('placeholders', () => {
  const found = (code: string) => findPlaceholders(code).map(({ text, name }) => `${text} = ${name}`);

  it('are found in angle brackets', () => {
    assert.deepEqual(found('export REDIS_PASSWORD=<secure-password>'), ['<secure-password> = secure password']);
    assert.deepEqual(found('docker logs <container> 2>&1'), ['<container> = container']);
    assert.deepEqual(found('git checkout <previous-commit>'), ['<previous-commit> = previous commit']);
    assert.deepEqual(found('JOB="<job_id_from_response>"'), ['<job_id_from_response> = job id from response']);
    assert.deepEqual(found('curl https://<host>/<path>?q=1'), ['<host> = host', '<path> = path']);
    assert.deepEqual(found('echo "since <recent timestamp>"'), ['<recent timestamp> = recent timestamp']);
  });

  it('are found by how people write them', () => {
    assert.deepEqual(found('KEY=your-api-key'), ['your-api-key = api key']);
    assert.deepEqual(found('KEY="YOUR_API_KEY"'), ['YOUR_API_KEY = api key']);
    assert.deepEqual(found('./report.sh --day YYYY-MM-DD'), ['YYYY-MM-DD = YYYY-MM-DD']);
    assert.deepEqual(found('cd /path/to/the_app'), ['/path/to/the_app = path to the app']);
    assert.deepEqual(found('PASSWORD=changeme'), ['changeme = changeme']);
  });

  it('are no redirections, tags, variables and usages', () => {
    for (const code of [
      'sort < input.txt > output.txt',
      'sort <input.txt >output.txt',
      'cat <<EOF >out',
      'cat <<EOF>out',
      'diff <(ls a) <(ls b)',
      'echo "<b>bold</b>"',
      'echo "<config>x</config>"',
      'echo $YOUR_TOKEN ${my_name}',
      'date +%YYYY-MM-DD',
      'echo "Usage: $0 <file>"',
      'test 1 -lt 2 && echo a<b',
    ]) {
      assert.deepEqual(found(code), [], code);
    }
  });

  it('are masked without moving anything', () => {
    const code = 'docker logs <container> > your-file.txt';
    const masked = maskPlaceholders(code, findPlaceholders(code));
    assert.equal(masked, 'docker logs PPPPPPPPPPP > PPPPPPPPP.txt');
  });
});
