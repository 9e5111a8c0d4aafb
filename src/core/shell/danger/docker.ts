import { changing, destructive, readOnly, unknown, words } from './finding.ts';
import type { Argument, Call, Finding } from './finding.ts';
import { readOptions } from './options.ts';

const GLOBAL =
  words(`-H -c -l --host --context --log-level --config -f -p --file --project-name --project-directory --profile
  --env-file --ansi --progress --tlscacert --tlscert --tlskey`);
const EXEC = words('-e -u -w --env --user --workdir --env-file --detach-keys --index');

const READS = words(`ps images logs inspect stats top version info port diff history search ls config events wait`);
const CHANGES = words(`build pull push start stop restart create tag pause unpause cp commit rename update login logout
  load import save export scale connect disconnect buildx init`);
const DELETES = words('down rm rmi prune kill remove');
/** `docker volume rm`: the next word is the verb. */
const OBJECTS = words(
  'container image volume network system builder context node service stack secret config swarm plugin',
);

/** `docker`, `podman`: the verb behind the global options; `docker compose` is Compose. */
export function judgeDocker(call: Call): Finding {
  const { operands } = readOptions(call.arguments, { valued: GLOBAL, stopsAtOperand: true });
  const [first, ...rest] = operands;
  if (first?.text === 'compose') return judgeCompose({ ...call, program: 'docker compose', arguments: rest });
  if (first?.text !== undefined && OBJECTS.has(first.text) && rest[0] !== undefined) {
    return judgeVerb({ ...call, program: `${call.program} ${first.text}` }, rest[0].text, rest.slice(1));
  }
  if (first?.text === 'run') return judgeRun(call, rest);
  return judgeVerb(call, first?.text, rest);
}

/** `docker-compose` and `docker compose`. */
export function judgeCompose(call: Call): Finding {
  const { operands } = readOptions(call.arguments, { valued: GLOBAL, stopsAtOperand: true });
  const [verb, ...rest] = operands;
  if (verb?.text === 'up') {
    const isDetached = readOptions(rest).has('-d', '--detach', '--wait');
    return changing(
      `${call.program} up starts containers`,
      isDetached ? {} : { endless: 'It stays in the foreground; -d detaches it' },
    );
  }
  if (verb?.text === 'run') return judgeRun(call, rest);
  if (verb?.text === 'watch')
    return changing('It rebuilds on every change', { endless: 'It watches until it is stopped' });
  return judgeVerb(call, verb?.text, rest);
}

function judgeVerb(call: Call, verb: string | undefined, rest: readonly Argument[]): Finding {
  const { program } = call;
  if (verb === undefined) return unknown(`What ${program} is asked to do is not known`);
  if (verb === 'exec') return judgeExec(call, rest);
  const said = `${program} ${verb}`;
  if (READS.has(verb)) return readOnly(`${said} only reads`, following(said, verb, rest));
  if (verb === 'down') return destructive(`${said} stops and removes the containers`);
  if (DELETES.has(verb)) return destructive(`${said} removes or ends something`);
  if (verb === 'attach') return unknown(`${said} joins a container`, { interactive: `${said} joins a container` });
  if (verb === 'list' || verb === 'df' || verb === 'show') return readOnly(`${said} only reads`);
  return CHANGES.has(verb) ? changing(`${said} changes containers or images`) : unknown(`${said} is not known`);
}

function following(said: string, verb: string, rest: readonly Argument[]): Partial<Finding> {
  const options = readOptions(rest, { valued: words('-n --tail --since --until') });
  if (verb === 'logs' && options.has('-f', '--follow')) {
    return { endless: `${said} -f follows the log`, instead: `${said} --tail 100` };
  }
  if (verb === 'events') return { endless: `${said} listens until it is stopped` };
  const isStream = verb === 'stats' && !options.has('--no-stream');
  return isStream ? { endless: `${said} refreshes until it is stopped`, instead: `${said} --no-stream` } : {};
}

function judgeExec(call: Call, rest: readonly Argument[]): Finding {
  const { operands, has } = readOptions(rest, { valued: EXEC, stopsAtOperand: true });
  const command = operands.slice(1);
  if (command.length === 0) return unknown('The command in the container is not known');
  const finding = call.nested(command);
  const isShell = /^(?:ba|z|a)?sh$/.test(command[0]?.text ?? '') && command.length === 1;
  return isShell && has('-t', '-i', '--tty', '--interactive')
    ? { ...finding, interactive: `${call.program} exec opens a shell` }
    : finding;
}

/** What an image does when it is started, nobody can tell; in the background it is at least a service. */
function judgeRun({ program }: Call, rest: readonly Argument[]): Finding {
  const options = readOptions(rest, { valued: EXEC, stopsAtOperand: true });
  if (options.has('-d', '--detach')) return changing(`${program} run starts a container`);
  const waits = options.has('-t', '-i', '--tty', '--interactive')
    ? { interactive: `${program} run waits for input` }
    : {};
  return unknown(`${program} run starts whatever is in the image`, waits);
}
