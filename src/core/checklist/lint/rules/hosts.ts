import type { Environment } from '../../../environment/environment.ts';
import { isLocalHost } from '../../../environment/hosts.ts';
import { hostsOf } from '../../../environment/tier.ts';
import type { LintWord } from '../events.ts';
import type { LintFix, LintRule } from '../types.ts';
import { commandsWithPlaces } from './places.ts';

export const productionHost: LintRule = {
  id: 'production-host',
  severity: 'warning',
  documentation:
    'A command that names a host of production, or a public address, reaches it whichever environment is chosen; a variable follows the environment.',
  *check(document) {
    const known = knownHosts(document.context.environments);
    for (const { command } of commandsWithPlaces(document)) {
      for (const [index, word] of command.words.entries()) {
        const takesHost = /^(?:-h|--host|--hostname)$/.test(command.words[index - 1]?.text ?? '');
        for (const { host, at } of hostsIn(word, takesHost, known)) {
          const range = { start: word.range.start + at, end: word.range.start + at + host.length };
          const fact = known.get(host.toLowerCase());
          yield { message: messageOf(host, fact), range, fixes: useVariable(word, at, host, fact?.variable) };
        }
      }
    }
  },
};

/** What the settings say about a host. */
interface KnownHost {
  /** The production environment it belongs to. */
  readonly production: string | undefined;
  readonly variable: { readonly name: string; readonly environment: string } | undefined;
}

function knownHosts(environments: readonly Environment[]): ReadonlyMap<string, KnownHost> {
  const known = new Map<string, KnownHost>();
  const add = (host: string, fact: Partial<KnownHost>): void => {
    if (isLocalHost(host)) return;
    const key = host.toLowerCase();
    const before = known.get(key) ?? { production: undefined, variable: undefined };
    known.set(key, { production: before.production ?? fact.production, variable: before.variable ?? fact.variable });
  };
  for (const { name: environment, tier, settings } of environments) {
    if (tier === 'production') for (const host of hostsOf(settings)) add(host, { production: environment });
    for (const [name, value] of Object.entries(settings.variables ?? {}))
      if (/^[\w.-]+$/.test(value) && /HOST|ADDR|SERVER|NODE/i.test(name))
        add(value, { variable: { name, environment } });
  }
  return known;
}

interface HostAt {
  readonly host: string;
  /** Into the word as written. */
  readonly at: number;
}

const ADDRESS = /(?<![\w.$-]|==)(\d{1,3}(?:\.\d{1,3}){3})(?![\w.-])/g;
const NAME = /(?<![\w.$-])([A-Za-z\d](?:[\w-]*\w)?(?:\.[A-Za-z\d](?:[\w-]*\w)?)*)(?![\w-]|\.\w)/g;

function hostsIn({ raw }: LintWord, takesHost: boolean, known: ReadonlyMap<string, KnownHost>): readonly HostAt[] {
  const addresses = [...raw.matchAll(ADDRESS)].filter(([text]) => isPublic(text) || known.has(text));
  const names = [...raw.matchAll(NAME)].filter(([text, ,], _, all) => {
    if (/^[\d.]+$/.test(text) || !known.has(text.toLowerCase())) return false;
    // A name without a dot is a host only where a host belongs.
    return text.includes('.') || (takesHost && all.length === 1) || new RegExp(`(?://|@)${text}(?=[:/]|$)`).test(raw);
  });
  return [...addresses, ...names].map(({ 0: host, index: at }) => ({ host, at }));
}

/** Whether it is an IPv4 address that everyone can mean. */
function isPublic(address: string): boolean {
  const [a = 0, b = 0, ...rest] = address.split('.').map(Number);
  if ([a, b, ...rest].some((part) => part > 255)) return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  return !(a === 172 && b >= 16 && b < 32) && !(a === 192 && b === 168) && !(a === 169 && b === 254);
}

function messageOf(host: string, fact: KnownHost | undefined): string {
  const what =
    fact?.production === undefined
      ? fact?.variable === undefined
        ? `${host} is a public address, written into the command.`
        : `${host} is what ${fact.variable.name} holds in the environment ${fact.variable.environment}.`
      : `${host} belongs to the production environment ${fact.production}.`;
  const instead =
    fact?.variable === undefined ? 'a variable, and set it for each environment' : `$${fact.variable.name}`;
  return `${what} The command reaches it whichever environment is chosen. Write ${instead}.`;
}

/** Where the shell would put the variable's value in: not between single quotes. */
function useVariable(word: LintWord, at: number, host: string, variable: KnownHost['variable']): readonly LintFix[] {
  if (variable === undefined || word.raw.includes("'")) return [];
  const followed = /^\w/.test(word.raw.slice(at + host.length));
  const content = followed ? `\${${variable.name}}` : `$${variable.name}`;
  return [{ title: `Use $${variable.name}`, edits: [{ offset: word.range.start + at, length: host.length, content }] }];
}
