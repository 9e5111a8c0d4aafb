import { changing, destructive, readOnly, unknown, words, worst } from './finding.ts';
import type { Call, Finding, Rule } from './finding.ts';
import { readOptions } from './options.ts';

/** Lines that only import, and print a name: `import redis; print(redis.__version__)`. */
const SHOWS_VERSION = /^(?:\s*(?:import [\w., ]+|from [\w.]+ import [\w, ]+|print\([\w.]+\))\s*(?:;|\n|$))+$/;

const MANAGE_READS = words('check showmigrations diffsettings version sqlmigrate inspectdb');
const MANAGE_CHANGES = words(
  'migrate makemigrations collectstatic loaddata createsuperuser createcachetable compilemessages',
);

/** `python -c code`, `python -m module`, `python script`. */
function judgePython({ program, arguments: list, nested }: Call): Finding {
  const options = readOptions(list, { valued: words('-c -m -W -X -Q'), stopsAtOperand: true });
  if (options.has('-V', '--version', '-h', '--help')) return readOnly(`It says what ${program} is`);
  if (options.has('-c')) {
    return SHOWS_VERSION.test(options.given.get('-c') ?? '!')
      ? readOnly('It only prints a name of a module')
      : unknown('A piece of Python may do anything');
  }
  if (options.has('-m')) return judgeModule(options.given.get('-m'), options.operands, nested);
  const [script, verb] = options.operands;
  if (script === undefined) return unknown(`${program} waits for input`, { interactive: `${program} waits for input` });
  if (/(?:^|\/)manage\.py$/.test(script.text ?? '')) return judgeManage(verb?.text);
  return unknown(`The script ${script.text ?? ''} may do anything`);
}

function judgeModule(module: string | undefined, operands: Call['arguments'], nested: Call['nested']): Finding {
  if (module === 'json.tool' && operands.length < 2) return readOnly('json.tool only prints');
  if (module === 'pip') return nested([{ text: 'pip', word: undefined }, ...operands]);
  if (module === 'http.server')
    return readOnly('http.server serves files', { endless: 'It is a server in the foreground' });
  if (module === 'venv') return changing('It makes a folder');
  return unknown(`The module ${module ?? ''} may do anything`);
}

function judgeManage(verb: string | undefined): Finding {
  if (verb === 'shell' || verb === 'dbshell' || verb === 'shell_plus') {
    return unknown(`manage.py ${verb} waits for input`, { interactive: `manage.py ${verb} waits for input` });
  }
  if (verb === 'runserver') return unknown('It starts a server', { endless: 'It is a server in the foreground' });
  if (verb === 'flush' || verb === 'reset_db' || verb === 'sqlflush')
    return destructive(`manage.py ${verb} empties the database`);
  if (verb !== undefined && MANAGE_READS.has(verb)) return readOnly(`manage.py ${verb} only reads`);
  return verb !== undefined && MANAGE_CHANGES.has(verb)
    ? changing(`manage.py ${verb} changes something`)
    : unknown(`manage.py ${verb ?? ''} may do anything`);
}

const SQL_VALUED = words(
  '-h -p -U -d -c -f -v -o -L -P -u -D -e --host --port --username --dbname --command --file --execute --database --user',
);
const SQL_FUNCTIONS =
  words(`count sum avg min max now version current_database current_user pg_size_pretty coalesce round
  pg_database_size pg_total_relation_size pg_relation_size length lower upper date_trunc extract in values exists`);

/** By the first word of each statement; what calls a function that is not known is not known. */
function judgeSql(sql: string | undefined): Finding {
  if (sql === undefined) return unknown('The statement is not known before it runs');
  const statements = sql.split(';').filter((one) => one.trim() !== '');
  return statements.length === 0 ? readOnly('Nothing is asked') : worst(statements.map(judgeSqlStatement));
}

function judgeSqlStatement(statement: string): Finding {
  const sql = statement.trim();
  if (/^\\(?:d|l|z|s[fv]|conninfo|timing|x|dt|di|du|dn)[\w+]*(?:\s|$)/.test(sql)) return readOnly('psql only shows');
  const verb = (/^\(?\s*([a-z]+)/i.exec(sql)?.[1] ?? sql.slice(0, 12)).toUpperCase();
  if (/^(?:DELETE|DROP|TRUNCATE)$/.test(verb)) return destructive(`${verb} deletes`);
  const changes = /\b(?:insert|update|delete|drop|alter|create|truncate|into)\b/i.test(sql);
  if (/^(?:SELECT|SHOW|EXPLAIN|DESCRIBE|VALUES|TABLE|WITH)$/.test(verb) && !changes) {
    const calls = Array.from(sql.matchAll(/([a-z_]\w*)\s*\(/gi), ([, name = '']) => name.toLowerCase());
    return calls.every((name) => SQL_FUNCTIONS.has(name))
      ? readOnly(`${verb} only reads`)
      : unknown('It calls a function that may do anything');
  }
  return /^(?:INSERT|UPDATE|ALTER|CREATE|GRANT|REVOKE|VACUUM|ANALYZE|REINDEX|COMMENT|SET|COPY|MERGE)$/.test(verb)
    ? changing(`${verb} changes the database`)
    : unknown(`${verb} is not known`);
}

function judgeSqlClient(...commandOptions: readonly string[]): Rule {
  return ({ program, arguments: list }) => {
    const options = readOptions(list, { valued: SQL_VALUED });
    const secret = program === 'mysql' && list.some(({ text }) => /^(?:-p.|--password=)/.test(text ?? ''));
    const more = secret ? { secretOnCommandLine: `${program} -p` } : {};
    if (options.has('--version', '-V', '--help', '-l', '--list')) return readOnly(`It says what is there`, more);
    if (options.has('-f', '--file')) return unknown('The script may do anything', more);
    const statements = commandOptions.flatMap((name) => options.all(name));
    if (statements.length > 0) return { ...worst(statements.map(judgeSql)), ...more };
    return unknown(`${program} waits for statements`, { interactive: `${program} waits for statements`, ...more });
  };
}

function judgeInterpreter({ program, arguments: list }: Call): Finding {
  const options = readOptions(list);
  if (options.has('-v', '-V', '--version', '-h', '--help')) return readOnly(`It says what ${program} is`);
  return list.length === 0
    ? unknown(`${program} waits for input`, { interactive: `${program} waits for input` })
    : unknown(`What ${program} runs may do anything`);
}

export const LANGUAGE_RULES: Readonly<Record<string, Rule>> = {
  python: judgePython,
  python3: judgePython,
  python2: judgePython,
  psql: judgeSqlClient('-c', '--command'),
  mysql: judgeSqlClient('-e', '--execute'),
  mariadb: judgeSqlClient('-e', '--execute'),
  node: judgeInterpreter,
  ruby: judgeInterpreter,
  perl: judgeInterpreter,
  php: judgeInterpreter,
  java: judgeInterpreter,
  go: judgeInterpreter,
};
