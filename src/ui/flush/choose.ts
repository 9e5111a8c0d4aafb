import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { explain } from '../../core/errors.ts';
import { formatCount } from '../../core/format.ts';
import { tierWords } from '../../core/health/present.ts';
import type { ServiceId } from '../../core/health/monitorServices.ts';
import { checkPattern, patternOfPrefix } from '../../core/operations/flush/pattern.ts';
import { filterWords } from '../../core/operations/flush/request.ts';
import type { FlushRequest } from '../../core/operations/flush/request.ts';
import type { Services } from '../../services.ts';
import { readPrefixes } from './prefixes.ts';

/** Asks for what is not known yet; undefined when left. */
type Ask = () => Promise<FlushRequest | undefined>;

interface Choice extends vscode.QuickPickItem {
  readonly service?: ServiceId;
  readonly ask?: Ask;
}

/** What is to be flushed; undefined when left. `service`: only what concerns it. */
export async function chooseFlush(
  services: Services,
  environment: Environment,
  service: ServiceId | undefined,
): Promise<FlushRequest | undefined> {
  const title = `Flush: ${environment.name} (${tierWords(environment)})`;
  const choices = [
    ...namespaceChoices(environment),
    ...redisChoices(services, environment, title),
    ...qdrantChoices(environment, title),
    ...applicationChoices(environment),
  ].filter((choice) => service === undefined || choice.service === undefined || choice.service === service);
  const placeHolder = 'A plan with exact counts comes first; nothing is removed before you confirm it';
  const chosen = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen?.ask?.();
}

function namespaceChoices({ settings }: Environment): readonly Choice[] {
  const { namespaces = {}, redis, qdrant } = settings;
  return Object.entries(namespaces).map(([name, { prefix, filter }]) => ({
    label: `$(tag) Namespace ${name}`,
    detail: [
      redis ? `keys ${patternOfPrefix(prefix)}` : '',
      qdrant && filter ? `points with ${filterWords(filter)}` : '',
    ]
      .filter((part) => part !== '')
      .join(', and '),
    ask: () => Promise.resolve({ what: 'namespace', name }),
  }));
}

function redisChoices(services: Services, environment: Environment, title: string): readonly Choice[] {
  const { redis } = environment.settings;
  if (!redis) return [];
  const service = 'redis' as const;
  const used = services.fleet.redisOf(environment)?.sample?.info?.keyspace ?? [];
  return [
    {
      label: '$(search) Keys by Pattern…',
      detail: 'Such as cache:search:*',
      service,
      ask: () => askPattern(title, ''),
    },
    {
      label: '$(list-tree) Keys by Prefix…',
      detail: 'Picked from what the server holds',
      service,
      ask: () => askPrefix(services, environment, title),
    },
    {
      label: redis.cluster ? '$(trash) All Keys of the Cluster' : '$(trash) All Keys of the Database',
      detail: 'FLUSHDB ASYNC',
      service,
      ask: () => Promise.resolve({ what: 'database' }),
    },
    ...(used.length > 1
      ? [
          {
            label: `$(trash) All Keys of All ${used.length} Databases`,
            detail: 'FLUSHALL ASYNC, also of databases that the environment does not name',
            service,
            ask: (): Promise<FlushRequest> => Promise.resolve({ what: 'allDatabases' }),
          },
        ]
      : []),
  ];
}

function qdrantChoices({ settings }: Environment, title: string): readonly Choice[] {
  if (!settings.qdrant) return [];
  const service = 'qdrant' as const;
  const collections = settings.qdrant.collections ?? [];
  return [
    {
      label: '$(filter) Points by Field and Value…',
      detail: 'Of one collection in Qdrant',
      service,
      ask: () => askPoints(collections, title),
    },
    {
      label: '$(trash) All Points of a Collection…',
      detail: 'The collection itself stays',
      service,
      ask: async () => {
        const collection = await askCollection(collections, title);
        return collection === undefined ? undefined : { what: 'collection', collection };
      },
    },
  ];
}

function applicationChoices({ settings: { application } }: Environment): readonly Choice[] {
  if (application?.clear === undefined) return [];
  return [
    {
      label: '$(globe) Through the Application',
      detail: `${application.clearMethod} ${application.clear}`,
      service: 'application',
      ask: () => Promise.resolve({ what: 'application' }),
    },
  ];
}

async function askPattern(title: string, value: string): Promise<FlushRequest | undefined> {
  const pattern = await vscode.window.showInputBox({
    title,
    prompt: 'Pattern of the keys: * any characters, ? one, [ab] one of these; \\ before a character that means itself.',
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      try {
        const [warning] = checkPattern(text).warnings;
        return warning === undefined
          ? undefined
          : { message: warning, severity: vscode.InputBoxValidationSeverity.Warning };
      } catch (error) {
        return text === '' ? undefined : explain(error);
      }
    },
  });
  return pattern === undefined || pattern === '' ? undefined : { what: 'pattern', pattern };
}

async function askPrefix(
  services: Services,
  environment: Environment,
  title: string,
): Promise<FlushRequest | undefined> {
  const { prefixes, exact } = await readPrefixes(services, environment);
  const items = prefixes
    .filter(({ name }) => name !== '(no prefix)')
    .map(({ name, keys }) => ({
      label: name,
      description: `${exact ? '' : 'at least '}${formatCount(keys)} keys`,
      name,
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`${environment.name}: no keys with a common prefix were found.`);
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Prefix; * stands for one identifier',
  });
  // `user:*:` is a prefix whose middle differs from key to key: that star is meant.
  return chosen && askPattern(title, patternOfPrefix(chosen.name).replaceAll(String.raw`\*`, '*'));
}

async function askCollection(known: readonly string[], title: string): Promise<string | undefined> {
  if (known.length > 0) return vscode.window.showQuickPick(known, { title, placeHolder: 'Collection' });
  return (await vscode.window.showInputBox({ title, prompt: 'Collection', ignoreFocusOut: true })) || undefined;
}

async function askPoints(known: readonly string[], title: string): Promise<FlushRequest | undefined> {
  const collection = await askCollection(known, title);
  if (collection === undefined) return undefined;
  const text = await vscode.window.showInputBox({
    title,
    prompt: `Points of ${collection} whose payload field has a value: namespace=search. Several are parted by commas.`,
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed === '' || parseFilter(typed) ? undefined : 'Write field=value, such as namespace=search.',
  });
  const filter = text === undefined ? undefined : parseFilter(text);
  return filter && { what: 'points', collection, filter };
}

/** `namespace=search, version=2`: numbers, true and false are what they look like; in quotes, text. */
function parseFilter(text: string): Record<string, string | number | boolean> | undefined {
  const pairs = text.split(',').map((part) => /^\s*([^=\s][^=]*?)\s*=\s*(.+?)\s*$/.exec(part));
  if (pairs.length === 0 || pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', valueOf(pair?.[2] ?? '')]));
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text.replace(/^"(.*)"$/, '$1');
}
