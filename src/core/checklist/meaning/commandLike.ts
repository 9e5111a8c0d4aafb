import { readShell } from '../../shell/read.ts';
import { classifyDanger } from '../../shell/danger/classify.ts';
import { findPlaceholders, maskPlaceholders } from '../../shell/placeholders.ts';
import type { ShellNode } from '../../shell/types.ts';

/** Programs whose name is no word of a sentence: two words are enough to know a command. */
const PROGRAMS = new Set(
  `redis-cli valkey-cli redis-server redis-benchmark docker docker-compose podman kubectl oc helm curl wget git psql mysql
  pg_dump pg_restore pg_isready mysqldump sqlite3 mongosh python python2 python3 pip pip3 pytest uv poetry npm npx yarn pnpm
  node deno bun uvicorn gunicorn celery alembic systemctl journalctl supervisorctl pm2 sudo ssh scp rsync cp mv rm mkdir
  chmod chown ln ls cat grep egrep awk sed jq yq tail head lsof netstat ss nslookup dig ping ps pgrep pkill kill killall
  crontab tar gzip unzip apt apt-get yum dnf brew nginx openssl nc telnet vi vim nano terraform ansible ansible-playbook
  promtool amtool aws gcloud az ab wrk k6 bash sh rake bundle rails php artisan composer mvn gradle cargo go java export
  source echo cd printenv df du uptime nohup xargs watch`.split(/\s+/),
);

/** Programs that are also English: a command only where something behind them looks like one. */
const ENGLISH = new Set(
  'make open time find kill free top host sort date touch test less more set env which file stat tee'.split(' '),
);

/**
 * Whether a piece of text is a command: a known program with arguments, or a script by its path. File names, settings
 * (`REDIS_HOST=redis`), names of classes, tables and packages are not.
 */
export function isCommand(text: string): boolean {
  const code = text.trim();
  if (code === '' || code.length > 2000 || code.includes('\n')) return false;
  const words = code.split(/\s+/);
  while (/^[A-Za-z_]\w*=\S*$/.test(words[0] ?? '')) words.shift();
  const [program = '', ...rest] = words;
  if (/^\.{1,2}\/[\w./-]+$/.test(program)) return /\.(?:sh|bash|py|js|ts|rb|pl)$/.test(program) || rest.length > 0;
  if (rest.length === 0) return false;
  if (/\.(?:sh|bash)$/.test(program)) return true;
  const name = program.replace(/^.*\//, '');
  if (PROGRAMS.has(name)) return !isSentence(rest);
  return ENGLISH.has(name) && rest.some((word) => /^-|[/$|"'=*]/.test(word));
}

/** "docker and docker-compose installed" */
function isSentence(rest: readonly string[]): boolean {
  return /^(?:and|or|is|are|was|the|must|should|will|can|has|have|to|for|with|in|on|not)$/i.test(rest[0] ?? '');
}

/** What kind of program waits for a person here; undefined where the command runs by itself. */
export function waitsFor(tree: ShellNode): { readonly kind: 'elsewhere' | 'editor'; readonly why: string } | undefined {
  const danger = classifyDanger({ tree });
  if (danger.interactive === undefined) return undefined;
  if (danger.class === 'unknown') return { kind: 'elsewhere', why: danger.interactive };
  return danger.class === 'changing' && danger.interactive.endsWith(' opens an editor')
    ? { kind: 'editor', why: danger.interactive }
    : undefined;
}

/** The tree of code that is one statement. */
export function treeOf(code: string): ShellNode | undefined {
  const { statements, error } = readShell(maskPlaceholders(code, findPlaceholders(code)));
  return error === undefined && statements.length === 1 ? statements[0]?.tree : undefined;
}
