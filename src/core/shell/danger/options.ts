import { words } from './finding.ts';
import type { Argument } from './finding.ts';

/** Arguments split into options with their values, and operands. */
export interface Options {
  /** By name with its dashes; '' where the option has no value, undefined where the value is not known. */
  readonly given: ReadonlyMap<string, string | undefined>;
  /** Every value of an option that is given several times. */
  readonly all: (name: string) => readonly (string | undefined)[];
  readonly operands: readonly Argument[];
  readonly has: (...names: readonly string[]) => boolean;
}

export interface OptionRules {
  /** Options that take the next word as their value: `-h`, `--namespace`. */
  readonly valued: ReadonlySet<string>;
  /** The first operand ends the options: what follows belongs to another command. */
  readonly stopsAtOperand?: boolean;
  /** `-name` is one option, not `-n -a -m -e`. */
  readonly longWithOneDash?: boolean;
}

export const NO_VALUES: OptionRules = { valued: words('') };

/** Splits arguments as most programs do: `--name=value`, `--name value`, `-abc`, `-n5`, `--`. */
export function readOptions(list: readonly Argument[], rules: OptionRules = NO_VALUES): Options {
  const given = new GivenOptions();
  const operands: Argument[] = [];
  for (let index = 0; index < list.length; index++) {
    const argument = list[index];
    const text = argument?.text ?? leadingText(argument);
    if (argument === undefined) break;
    if (text === '--') {
      operands.push(...list.slice(index + 1));
      break;
    }
    if (!/^-./.test(text)) {
      operands.push(...(rules.stopsAtOperand ? list.slice(index) : [argument]));
      if (rules.stopsAtOperand) break;
      continue;
    }
    if (readOption(text, argument.text === undefined, rules, given)) {
      given.set(lastOption(text, rules), list[++index]?.text);
    }
  }
  return {
    given: given.last,
    all: (name) => given.all(name),
    operands,
    has: (...names) => names.some((name) => given.last.has(name)),
  };
}

/** Options as they are found, one after the other. */
class GivenOptions {
  readonly last = new Map<string, string | undefined>();
  readonly #values = new Map<string, (string | undefined)[]>();

  set(name: string, value: string | undefined): void {
    this.last.set(name, value);
    this.#values.set(name, [...this.all(name), value]);
  }

  all(name: string): readonly (string | undefined)[] {
    return this.#values.get(name) ?? [];
  }
}

/** What stands before the first variable: `--from=` of `--from=$FROM`. */
function leadingText(argument: Argument | undefined): string {
  const first = argument?.word?.parts[0];
  return first?.kind === 'text' ? first.text : '';
}

/** Notes an option; true when its value is the next word. */
function readOption(text: string, isOpen: boolean, rules: OptionRules, given: GivenOptions): boolean {
  if (text.startsWith('--') || rules.longWithOneDash === true) {
    const [name = text] = text.split('=', 1);
    if (name !== text) given.set(name, isOpen ? undefined : text.slice(name.length + 1));
    else given.set(name, '');
    return name === text && rules.valued.has(name);
  }
  for (let at = 1; at < text.length; at++) {
    const name = `-${text.charAt(at)}`;
    if (!rules.valued.has(name)) {
      given.set(name, '');
      continue;
    }
    const rest = text.slice(at + 1);
    if (rest === '' && !isOpen) return true;
    given.set(name, isOpen ? undefined : rest);
    return false;
  }
  return false;
}

function lastOption(text: string, rules: OptionRules): string {
  return text.startsWith('--') || rules.longWithOneDash === true ? text : `-${text.charAt(text.length - 1)}`;
}
