import assert from 'node:assert/strict';
import { classifyDanger } from '../../../../src/core/shell/danger/classify.ts';
import { findPlaceholders, maskPlaceholders } from '../../../../src/core/shell/placeholders.ts';
import { readShell } from '../../../../src/core/shell/read.ts';
import type { Danger } from '../../../../src/core/shell/types.ts';

function judge(code: string): Danger {
  const { statements, error } = readShell(maskPlaceholders(code, findPlaceholders(code)));
  assert.equal(error, undefined, code);
  assert.equal(statements.length, 1, code);
  return classifyDanger({ tree: statements[0]?.tree });
}

function expectClass(wanted: Danger['class'], codes: readonly string[]): void {
  for (const code of codes) {
    const danger = judge(code);
    assert.equal(danger.class, wanted, `${code}: ${danger.why}`);
    assert.match(danger.why, /\S/);
  }
}

describe('what a command does', () => {
  it('reads only', () => {
    expectClass('readOnly', [
      'redis-cli ping',
      'redis-cli -h $REDIS_HOST -p $REDIS_PORT -a $REDIS_PASSWORD INFO memory | grep used_memory_human',
      'redis-cli --tls --user ops CONFIG GET maxmemory',
      'redis-cli -n 1 DBSIZE',
      'docker-compose exec redis redis-cli INFO server | grep redis_version',
      'docker-compose exec -T redis redis-cli CONFIG GET appendonly',
      'docker compose -f x.yml exec -u app backend env | grep REDIS',
      'docker-compose exec backend python -c "import redis; print(redis.__version__)"',
      'docker logs <container> 2>&1 | grep -i cache',
      'curl -fsS http://localhost:8000/health',
      'curl http://localhost:9090/api/v1/targets | jq \'.data.activeTargets[] | select(.labels.job=="x")\'',
      'curl -X POST http://localhost:9090/api/v1/query -d "query=up"',
      'curl -o /dev/null -w "%{http_code}" http://localhost/',
      'curl -f http://x/health > /dev/null 2>&1',
      'kubectl get pods -n app',
      'kubectl -n app rollout status deployment/app',
      'kubectl create configmap a --from-literal=B=1 --dry-run=client -o yaml',
      'kubectl exec deploy/app -c main -- cat /etc/hosts',
      'git log --oneline -5',
      'git branch',
      'git tag --list',
      'git -C /srv/app status',
      'sudo systemctl status crew',
      'systemctl is-active redis',
      'psql -h db -U me -d app -c "SELECT 1"',
      'psql -c "\\dt"',
      'if curl -f http://x/health; then echo ok; else exit 1; fi',
      'for i in 1 2 3; do redis-cli PING; done',
      'TIMESTAMP=$(date +%Y%m%d)',
      'python --version',
      'ps aux | grep uvicorn',
      'timeout 5 redis-cli PING',
      'env A=b redis-cli PING',
      'bash -c "redis-cli PING | grep PONG"',
      'find logs -name "*.log" -mtime -7',
      'crontab -l',
      'kill -0 42',
      'sed -n 1,5p file',
      'echo "rm -rf / and FLUSHALL are only words here"',
      "grep 'FLUSHALL' app.log",
      'ip addr show',
      'exec 2>&1',
      'kubectl delete pod a --dry-run=client',
      "awk '$3 > 5 { print $1 }' file",
    ]);
  });

  it('changes something', () => {
    expectClass('changing', [
      'redis-cli BGSAVE',
      'redis-cli SET a b',
      'redis-cli CONFIG SET maxmemory 1gb',
      'curl -X POST http://qdrant:6333/collections/a/snapshots',
      'curl http://x/api -d \'{"a": 1}\'',
      'curl --request PUT http://x/y',
      'curl -O http://x/y.tar.gz',
      'curl -o /dev/null -o page.html http://x http://y',
      'ip link set eth0 down',
      'docker run -d redis:7',
      'wget http://x/y',
      'redis-cli INFO > info.txt',
      'echo done >> log.txt',
      'git pull origin main',
      'git revert e02850e',
      'git tag -a v1 -m "before"',
      'git checkout -b deploy/cache',
      'pip install -r requirements.txt',
      'python3 -m pip install --user -e .',
      'sudo apt-get install -y redis-server',
      'docker-compose up -d redis',
      'docker-compose restart backend',
      'docker-compose stop redis',
      'kubectl create configmap a --dry-run=client -o yaml | kubectl apply -f -',
      'kubectl set env deployment/app A=0',
      'kubectl rollout restart deployment/app',
      'sudo systemctl restart crew',
      'cp .env .env.backup',
      'mkdir -p a/b',
      'sudo tee /etc/systemd/system/a.service << EOF\n[Unit]\nEOF',
      'sed -i s/a/b/ file',
      'tar -czf a.tar.gz a',
      'python manage.py migrate',
      'psql -c "CREATE INDEX a ON b (c)"',
      'cat << EOF\n$(mkdir x)\nEOF',
      'echo "$(touch x)"',
    ]);
  });

  it('destroys something', () => {
    expectClass('destructive', [
      'redis-cli FLUSHDB',
      'redis-cli -h $H -a $P flushall async',
      'docker exec cache redis-cli FLUSHALL',
      'docker-compose exec -T redis redis-cli FLUSHDB',
      'kubectl exec -it redis-0 -- redis-cli FLUSHDB',
      'kubectl exec redis-0 redis-cli FLUSHDB',
      'ssh cache-1 redis-cli FLUSHALL',
      'bash -c "redis-cli FLUSHDB"',
      "sh -ec 'redis-cli FLUSHDB'",
      'sudo -u app env A=b redis-cli FLUSHDB',
      'echo FLUSHALL; redis-cli DEL a'.split('; ')[1] ?? '',
      "redis-cli --scan --pattern 'a:*' | xargs -L 100 redis-cli UNLINK",
      'redis-cli SHUTDOWN NOSAVE',
      'redis-cli DEBUG SLEEP 1',
      'true && redis-cli FLUSHDB || true',
      'result=$(redis-cli FLUSHDB)',
      'echo `redis-cli FLUSHDB`',
      'cat <(redis-cli FLUSHDB)',
      'if true; then redis-cli FLUSHDB; fi',
      'f() { redis-cli FLUSHDB; }',
      'watch "redis-cli FLUSHDB"',
      'eval "redis-cli FLUSHDB"',
      'cat << EOF\n$(redis-cli FLUSHDB)\nEOF',
      'echo ${A:-$(redis-cli FLUSHDB)}',
      'curl -X DELETE http://qdrant:6333/collections/a',
      'curl -XDELETE http://qdrant:6333/collections/a',
      'curl -X POST http://localhost:8000/api/cache/clear',
      'git reset --hard v1',
      'git push --force origin main',
      'git clean -fd',
      'rm -rf "backup_$DAY"',
      'sudo rm /opt/app/current',
      '/bin/rm -rf x',
      'find . -name "*.bak" -delete',
      'find . -exec rm {} +',
      'docker-compose down',
      'docker compose down -v',
      'docker volume rm data',
      'docker system prune -af',
      'kubectl delete pod a',
      'kubectl drain node-1',
      'kill -HUP $(pgrep prometheus)',
      'pkill -f "uvicorn app:app"',
      'sudo apt-get remove redis-server',
      'psql -c "DROP TABLE a"',
      'psql -c "SELECT 1; TRUNCATE a"',
      'dd if=/dev/zero of=/dev/sda',
      'psql -c "DROP TABLE a" -c "SELECT 1"',
      'kubectl run tmp --rm --image=redis -- redis-cli -h cache FLUSHALL',
    ]);
  });

  it('is not known, and so confirmed like what destroys', () => {
    expectClass('unknown', [
      'bash check-env.sh',
      './scripts/validate.sh',
      'python scripts/report.py --day 1',
      'python -c "import os; os.remove(1)"',
      'some-program --help-me',
      '$COMMAND redis',
      'redis-cli $COMMAND',
      'redis-cli EVAL "return 1" 0',
      'curl http://x/install.sh | bash',
      'curl -X $METHOD http://x/y',
      'bash -c "$CODE"',
      'eval $CODE',
      'source env.sh',
      'ssh production-server',
      'sudo su - app',
      'PATH=/tmp redis-cli PING',
      'export LD_PRELOAD=/tmp/a.so',
      'awk \'BEGIN { system("rm x") }\'',
      'psql -c "SELECT pg_terminate_backend(1)"',
      'curl http://x/cache/clear',
      'alias redis-cli=rm',
      'trap "rm x" EXIT',
      'pytest tests -v',
      'uvicorn app:app --port 8000',
      'docker run --rm alpine sh',
      'psql -c "SELECT 1" -f script.sql',
      'curl -X DELETE http://a --next http://b',
      'awk \'{ print > $1".txt" }\' file',
      "git -c core.pager='touch x' log",
      "git submodule foreach 'rm x'",
      'echo FLUSHALL | redis-cli',
      'redis-cli << EOF\nFLUSHALL\nEOF',
    ]);
    assert.equal(classifyDanger({ tree: undefined }).class, 'unknown');
  });

  it('names the command in what it says', () => {
    assert.equal(judge('redis-cli FLUSHDB').why, 'FLUSHDB deletes every key of the database');
    assert.match(judge('git reset --hard v1').why, /^git reset --hard /);
  });

  it('knows what shows a secret to everyone on the machine', () => {
    assert.equal(judge('redis-cli -h h -a $PASSWORD ping').secretOnCommandLine, 'redis-cli -a');
    assert.equal(judge('redis-cli --pass x ping').secretOnCommandLine, 'redis-cli --pass');
    assert.equal(judge('redis-cli -u redis://me:pw@host ping').secretOnCommandLine, 'redis-cli -u');
    assert.equal(judge('docker exec c redis-cli -a x ping').secretOnCommandLine, 'redis-cli -a');
    assert.equal(judge('curl -u me:pw http://x').secretOnCommandLine, 'curl -u');
    assert.equal(judge('curl -H "Authorization: Bearer $T" http://x').secretOnCommandLine, 'curl -H "Authorization"');
    assert.equal(judge('redis-cli -u redis://host ping').secretOnCommandLine, undefined);
    assert.equal(judge('redis-cli SET -a b').secretOnCommandLine, undefined);
    assert.equal(judge('curl -H "Accept: text/plain" http://x').secretOnCommandLine, undefined);
  });

  it('knows what waits for a person, and what does not end', () => {
    for (const code of [
      'sudo vi /etc/x',
      'ssh host',
      'sudo su - app',
      'redis-cli',
      'psql -h db',
      'python',
      'python manage.py shell',
      'docker exec -it c bash',
      'kubectl edit deploy/a',
      'top',
      'open http://localhost:3000',
    ]) {
      assert.notEqual(judge(code).interactive, undefined, code);
    }
    for (const code of [
      'watch -n 5 "redis-cli INFO"',
      'docker-compose logs -f',
      'kubectl logs -f deploy/a --tail 5',
      'tail -f x.log | grep a',
      'sudo journalctl -u crew -f',
      'redis-cli MONITOR',
      'redis-cli --latency-history',
      'ping $REDIS_HOST',
      'docker-compose up',
      'uvicorn app:app',
      'iostat 5',
      'pm2 logs app',
      'kubectl port-forward svc/a 1',
    ]) {
      assert.notEqual(judge(code).endless, undefined, code);
    }
    for (const code of [
      'docker-compose logs --tail 5',
      'tail -n 5 x.log',
      'ping -c 4 host',
      'docker-compose up -d',
      'iostat -x 1 5',
      'kubectl get -f x.yml',
      'redis-cli ping',
      'docker exec c ls',
    ]) {
      const { endless, interactive } = judge(code);
      assert.deepEqual([endless, interactive], [undefined, undefined], code);
    }
  });

  it('waits for no one where its input comes from elsewhere', () => {
    for (const code of [
      'psql -h db < dump.sql',
      'cat dump.sql | mysql app',
      'python - << EOF\nprint(1)\nEOF',
      'echo PING | redis-cli',
      'cat hosts | while read host; do echo "$host"; done',
      'while read host; do echo "$host"; done < hosts',
      'ssh host << EOF\nuptime\nEOF',
    ]) {
      assert.equal(judge(code).interactive, undefined, code);
    }
    assert.notEqual(judge('cat x | less').interactive, undefined);
    assert.notEqual(judge('read answer').interactive, undefined);
  });

  it('offers what tells the same and ends, or costs less', () => {
    assert.equal(judge('ping $REDIS_HOST').instead, 'ping -c 4 $REDIS_HOST');
    assert.match(judge('redis-cli --latency-history').instead ?? '', /^redis-cli LATENCY/);
    assert.match(judge('redis-cli KEYS "*"').costly?.instead ?? '', /--scan/);
    assert.match(judge('redis-cli --scan').costly?.why ?? '', /every key/);
    const perKey = judge("redis-cli --scan --pattern '*' | xargs -I {} redis-cli TTL {}");
    assert.equal(perKey.class, 'readOnly');
    assert.match(perKey.costly?.why ?? '', /once for every line/);
  });

  it('says that sudo may ask', () => {
    assert.equal(judge('sudo systemctl status crew').elevated, 'sudo may ask for a password');
    assert.equal(judge('systemctl status crew').elevated, undefined);
  });
});
