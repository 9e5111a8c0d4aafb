import { readShell } from '../read.ts';
import type { CompoundCommand, Danger, Redirection, ShellNode, SimpleCommand, Statement, Word } from '../types.ts';
import { commandsIn, wordsOf } from '../walk.ts';
import { judgeCompose, judgeDocker } from './docker.ts';
import { changing, destructive, readOnly, unknown, worst } from './finding.ts';
import type { Argument, Call, Finding, Rule } from './finding.ts';
import { judgeGit } from './git.ts';
import { judgeCurl, judgeWget } from './http.ts';
import { judgeKubectl } from './kubectl.ts';
import { LANGUAGE_RULES } from './languages.ts';
import { BROWSERS, CHANGES, EDITORS, PROGRAM_RULES, READS, RUINS, SCREENS, SERVERS } from './programs.ts';
import { judgeRedisCli } from './redisCli.ts';
import { judgePackages, PACKAGE_PROGRAMS, SERVICE_RULES } from './services.ts';
import { WRAPPER_RULES } from './wrappers.ts';

/**
 * What a statement does, judged by the words of every command in it, also those inside of `sudo`, `xargs`, `docker exec`,
 * `bash -c`, `$(…)` and here-documents. The worst of them counts. What is not in the tables is `unknown`.
 */
export function classifyDanger(statement: Pick<Statement, 'tree'>): Danger {
  if (statement.tree === undefined) return unknown('It could not be taken apart into its commands');
  return judgeNode(statement.tree, 0, false);
}

const DEPTH_LIMIT = 12;

/** Everything a node runs. `isFed`: its input is a pipe, a file or a here-document, and no person. */
function judgeNode(node: ShellNode, depth: number, isFed: boolean): Finding {
  if (depth > DEPTH_LIMIT) return unknown('It is nested too deeply');
  const fed = isFed || node.redirections.some(({ operator }) => operator.startsWith('<'));
  const findings = node.kind === 'simple' ? [judgeSimple(node, depth, fed)] : judgeCommands(node, depth, fed);
  for (const word of wordsOf(node)) findings.push(...judgeWord(word, depth));
  findings.push(...node.redirections.flatMap(judgeRedirection));
  if (node.kind === 'compound') findings.push(...judgeForm(node.form, node.commands));
  return worst(findings);
}

function judgeCommands({ form, commands }: CompoundCommand, depth: number, isFed: boolean): Finding[] {
  return commands.map((command, index) => judgeNode(command, depth + 1, isFed || (form === 'pipeline' && index > 0)));
}

function judgeWord(word: Word, depth: number): readonly Finding[] {
  return commandsIn(word).map((command) => judgeNode(command, depth + 1, false));
}

function judgeForm(form: string, commands: readonly ShellNode[]): readonly Finding[] {
  if (form !== 'pipeline' || !feedsShell(commands)) return [];
  return [unknown('What is piped into the shell is not known before it runs')];
}

/** `curl … | bash` */
function feedsShell(commands: readonly ShellNode[]): boolean {
  return commands
    .slice(1)
    .some((node) => node.kind === 'simple' && /^(?:ba|da|z|k)?sh$/.test(baseName(node.words[0]?.literal ?? '')));
}

function judgeRedirection({ operator, target }: Redirection): readonly Finding[] {
  if (!operator.includes('>') || /^[12-]$/.test(target.literal ?? '')) return [];
  if (/^\/dev\/(?:null|stdout|stderr|tty)$/.test(target.literal ?? '')) return [];
  const file = target.literal ?? 'a file';
  return [changing(operator.includes('>>') ? `It appends to ${file}` : `It writes ${file}`)];
}

function judgeSimple(command: SimpleCommand, depth: number, isFed: boolean): Finding {
  const steering = [...command.assignments.map(({ name }) => name), ...command.words.map(assigned)].find(steers);
  if (steering !== undefined) return unknown(`${steering} decides which programs run`);
  if (command.words.length === 0) return readOnly('It only sets variables of the shell');
  const finding = judgeWords(command.words.map(toArgument), depth);
  return isFed ? withoutWaiting(finding) : finding;
}

/** Who is fed waits for no one: `psql < dump.sql`, `while read line`. Editors and pagers ask the terminal itself. */
function withoutWaiting(finding: Finding): Finding {
  const { interactive, ...rest } = finding;
  const asksInput = finding.class === 'unknown' || interactive === 'read waits for input';
  return asksInput ? rest : finding;
}

/** Of `export PATH=…`. */
function assigned({ parts: [first] }: Word): string {
  return first?.kind === 'text' ? (/^([A-Za-z_]\w*)=/.exec(first.text)?.[1] ?? '') : '';
}

function steers(name: string): boolean {
  return /^(?:PATH|IFS|ENV|BASH_ENV|SHELLOPTS|PROMPT_COMMAND|LD_\w+|DYLD_\w+|GIT_SSH\w*|PYTHONSTARTUP)$/.test(name);
}

function toArgument(word: Word): Argument {
  return { text: word.literal, word };
}

function judgeWords(list: readonly Argument[], depth: number): Finding {
  const [first, ...rest] = list;
  if (first?.text === undefined) return unknown('Which program it calls is not known before it runs');
  if (depth > DEPTH_LIMIT) return unknown('It is nested too deeply');
  const program = baseName(first.text);
  const call: Call = {
    program,
    arguments: rest,
    nested: (words) => judgeWords(words, depth + 1),
    nestedCode: (code) => judgeCode(code, depth + 1),
  };
  return judgeCall(call);
}

function judgeCode(code: string, depth: number): Finding {
  const { statements, error } = readShell(code);
  if (error !== undefined) return unknown('The code it runs could not be taken apart');
  return worst(statements.map(({ tree }) => judgeNode(tree, depth, false)));
}

const RULES = new Map<string, Rule>(
  Object.entries({
    ...WRAPPER_RULES,
    ...PROGRAM_RULES,
    ...SERVICE_RULES,
    ...LANGUAGE_RULES,
    'redis-cli': judgeRedisCli,
    'valkey-cli': judgeRedisCli,
    keydb: judgeRedisCli,
    curl: judgeCurl,
    wget: judgeWget,
    kubectl: judgeKubectl,
    oc: judgeKubectl,
    docker: judgeDocker,
    podman: judgeDocker,
    'docker-compose': judgeCompose,
    git: judgeGit,
  }),
);

function judgeCall(call: Call): Finding {
  const { program } = call;
  const rule = PACKAGE_PROGRAMS.has(program) ? judgePackages : RULES.get(program);
  if (rule !== undefined) return rule(call);
  if (READS.has(program)) return readOnly(`${program} only reads`);
  if (CHANGES.has(program)) return changing(`${program} changes something`);
  if (RUINS.has(program)) return destructive(`${program} deletes or ends something`);
  if (EDITORS.has(program)) return changing(`${program} changes a file`, { interactive: `${program} opens an editor` });
  if (SCREENS.has(program)) return readOnly(`${program} shows a screen`, { interactive: `${program} waits for keys` });
  if (BROWSERS.has(program))
    return readOnly('It opens a page', { interactive: `${program} opens a page for a person to look at` });
  if (SERVERS.has(program))
    return unknown(`${program} starts a server`, { endless: 'It is a server in the foreground' });
  return unknown(`${program} is not known`);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
