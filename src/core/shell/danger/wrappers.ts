import { readOnly, unknown, words } from './finding.ts';
import type { Argument, Call, Finding, Rule } from './finding.ts';
import { readOptions } from './options.ts';

/** Programs that run another one given behind their options; the number of operands that come first. */
interface Wrapper {
  readonly valued: string;
  readonly skips?: number;
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  nohup: { valued: '' },
  nice: { valued: '-n --adjustment' },
  ionice: { valued: '-c -n --class --classdata' },
  stdbuf: { valued: '-i -o -e' },
  setsid: { valued: '' },
  timeout: { valued: '-k -s --kill-after --signal', skips: 1 },
  exec: { valued: '-a' },
  builtin: { valued: '' },
  time: { valued: '-f -o --format --output' },
  caffeinate: { valued: '-t -w' },
  flock: { valued: '-w -E --timeout', skips: 1 },
  chroot: { valued: '--userspec --groups', skips: 1 },
  xargs: { valued: '-I -n -L -P -d -a -E -s --max-args --max-procs --delimiter --arg-file --replace --max-lines' },
};

function judgeWrapper({ program, arguments: list, nested }: Call): Finding {
  const { valued, skips = 0 } = WRAPPERS[program] ?? { valued: '' };
  const { operands } = readOptions(list, { valued: words(valued), stopsAtOperand: true });
  const command = operands.slice(skips);
  if (command.length > 0) return nested(command);
  if (program === 'exec') return readOnly('exec only redirects');
  return program === 'xargs' ? readOnly('xargs only joins its input') : unknown(`${program} without a command`);
}

/** `xargs` starts the program again and again. */
function judgeXargs(call: Call): Finding {
  const finding = judgeWrapper(call);
  const { operands } = readOptions(call.arguments, {
    valued: words(WRAPPERS['xargs']?.valued ?? ''),
    stopsAtOperand: true,
  });
  const program = operands[0]?.text;
  if (finding.class !== 'readOnly' || !/^(?:redis|valkey)-cli$/.test(program ?? '')) return finding;
  const costly = { why: `xargs starts ${program} once for every line`, instead: 'one EVAL or pipeline over SCAN' };
  return { ...finding, costly };
}

const SUDO = words('-u -g -h -p -C -r -t -U -D -R -T --user --group --host --prompt --chdir --chroot');

function judgeSudo({ program, arguments: list, nested }: Call): Finding {
  const { operands, has } = readOptions(list, { valued: SUDO, stopsAtOperand: true });
  const command = operands.filter(
    ({ text }, index) => !isAssignment(text) || operands.slice(0, index).some((one) => !isAssignment(one.text)),
  );
  const elevated = `${program} may ask for a password`;
  if (command.length > 0 && !has('-i', '--login')) return { ...nested(command), elevated };
  if (has('-l', '--list', '-v', '--version', '-k')) return readOnly(`${program} shows rights`, { elevated });
  return unknown(`${program} opens a shell with other rights`, { elevated, interactive: `${program} opens a shell` });
}

function judgeSu(call: Call): Finding {
  const { given } = readOptions(call.arguments, { valued: words('-c -s -g -G --command --shell') });
  const code = given.get('-c') ?? given.get('--command');
  const elevated = 'su asks for a password';
  if (code !== undefined && code !== '') return { ...call.nestedCode(code), elevated };
  return unknown('su opens a shell as another user', { elevated, interactive: 'su opens a shell as another user' });
}

function isAssignment(text: string | undefined): boolean {
  return /^[A-Za-z_]\w*=/.test(text ?? '');
}

function judgeEnv({ arguments: list, nested }: Call): Finding {
  const { operands, has } = readOptions(list, { valued: words('-u -C --unset --chdir'), stopsAtOperand: true });
  if (has('-S', '--split-string')) return unknown('env -S takes a whole command line as one word');
  const start = operands.findIndex((argument) => !isAssignment(leading(argument)));
  return start < 0 ? readOnly('env lists variables') : nested(operands.slice(start));
}

function leading({ text, word }: Argument): string | undefined {
  const first = word?.parts[0];
  return text ?? (first?.kind === 'text' ? first.text : undefined);
}

const SHELL_VALUED = words('-o -O --rcfile --init-file');

/** `bash -c code`, `bash script`, `bash`. */
function judgeShell({ program, arguments: list, nestedCode }: Call): Finding {
  const index = list.findIndex(({ text }) => /^-[a-z]*c[a-z]*$/.test(text ?? ''));
  if (index >= 0) {
    const code = list[index + 1]?.text;
    return code === undefined ? unknown(`What ${program} -c runs is not known before it runs`) : nestedCode(code);
  }
  const { operands, has } = readOptions(list, { valued: SHELL_VALUED, stopsAtOperand: true });
  if (has('--version', '--help')) return readOnly(`It says what ${program} is`);
  if (has('-n')) return readOnly(`${program} -n only checks the script`);
  const [script] = operands;
  if (script === undefined)
    return unknown(`${program} reads commands`, { interactive: `${program} waits for commands` });
  return unknown(`The script ${script.text ?? ''} may do anything`.replace(/ {2}/, ' '));
}

function judgeWatch({ arguments: list, nestedCode }: Call): Finding {
  const { operands } = readOptions(list, { valued: words('-n -p --interval'), stopsAtOperand: true });
  const endless = { endless: 'watch repeats the command until it is stopped', instead: 'the command itself, once' };
  const known = operands.every(({ text }) => text !== undefined);
  const finding = known
    ? nestedCode(operands.map(({ text }) => text).join(' '))
    : nestedCode(operands.map(readable).join(' '));
  return { ...finding, ...endless };
}

/** With variables in place: `watch "curl …/$ID"` hands the value over as a part of the code. */
function readable({ text, word }: Argument): string {
  return text ?? word?.parts.map((part) => (part.kind === 'text' ? part.text : '"$VALUE"')).join('') ?? '';
}

const SSH = words('-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B');

function judgeSsh({ arguments: list, nestedCode }: Call): Finding {
  const { operands } = readOptions(list, { valued: SSH, stopsAtOperand: true });
  const [host, ...command] = operands;
  const on = host?.text ?? 'another host';
  if (command.length === 0) {
    return unknown(`What follows runs on ${on}`, { interactive: `ssh opens a shell on ${on}` });
  }
  if (command.some(({ text }) => text === undefined)) return unknown(`What runs on ${on} is not known before it runs`);
  return nestedCode(command.map(({ text }) => text).join(' '));
}

function judgeCommandBuiltin(call: Call): Finding {
  const { operands, has } = readOptions(call.arguments, { valued: words(''), stopsAtOperand: true });
  return has('-v', '-V') ? readOnly('command -v looks for a program') : call.nested(operands);
}

/** What is run for each file found; `-delete` and files written. */
function judgeFind({ arguments: list, nested }: Call): Finding {
  const texts = list.map(({ text }) => text);
  const findings: Finding[] = [];
  texts.forEach((text, index) => {
    if (text === '-exec' || text === '-execdir' || text === '-ok' || text === '-okdir') {
      const end = texts.findIndex((other, at) => at > index && (other === ';' || other === '+'));
      findings.push(nested(list.slice(index + 1, end < 0 ? undefined : end)));
    }
    if (text === '-delete') findings.push({ class: 'destructive', why: 'find -delete deletes files' });
    if (/^-f(?:print|print0|printf|ls)$/.test(text ?? ''))
      findings.push({ class: 'changing', why: 'find writes a file' });
  });
  return (
    findings.find((one) => one.class === 'destructive') ??
    findings.find((one) => one.class !== 'readOnly') ??
    readOnly('find only looks for files')
  );
}

export const WRAPPER_RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.keys(WRAPPERS).map((program) => [program, judgeWrapper])),
  xargs: judgeXargs,
  sudo: judgeSudo,
  doas: judgeSudo,
  su: judgeSu,
  env: judgeEnv,
  bash: judgeShell,
  sh: judgeShell,
  zsh: judgeShell,
  dash: judgeShell,
  ksh: judgeShell,
  eval: ({ arguments: list, nestedCode }) =>
    list.some(({ text }) => text === undefined)
      ? unknown('What eval runs is not known before it runs')
      : nestedCode(list.map(({ text }) => text).join(' ')),
  watch: judgeWatch,
  ssh: judgeSsh,
  command: judgeCommandBuiltin,
  find: judgeFind,
};
