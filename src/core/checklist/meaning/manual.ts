import type { ManualStep } from './types.ts';

const NUMBER = /^\d+(?:\.\d+)*[.)]\s+/;
const EDIT = /^(?:re-?)?(?:edit|update|change|modify|set|add|append|adjust|configure)\b/i;
const DISABLE = /^(?:comment out|uncomment|remove|delete|disable)\b/i;
const CHECK =
  /^(?:check|verify|monitor|watch|review|look|compare|observe|confirm|ensure|make sure|validate|inspect)\b/i;
const OTHER =
  /^\(?(?:re-?deploy|follow|open|select|click|upload|import|use|go to|navigate|ask|tell|notify|contact|wait|make|run|create|restart|stop|start)\b/i;

/** A file, where a text names one: `.env`, `docker-compose.yml`, `/etc/app/x.conf`. */
const FILE =
  /(?:^|[\s`"'(])((?:[\w.-]*\/)*(?:\.env(?:\.[\w-]+)*|[\w.-]+\.(?:ya?ml|conf|cfg|ini|toml|json|properties|py|js|ts|env|service|xml|tf|sh|md)))(?=[\s`"'),:;.]|$)/i;
const SETTING = /\b([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|'[^']*'|[^\s"',;)]+)/g;

export type ManualDraft = Omit<ManualStep, 'kind' | 'range' | 'choice'>;

/** What kind of thing a person is told to do; undefined where a text tells nothing to do. */
export function readManual(text: string): ManualDraft | undefined {
  const bare = withoutNumber(text);
  if (/\bchecklist:?$/i.test(bare)) return undefined; // its boxes follow
  const action = actionOf(bare);
  return action && { text: bare, action, file: fileIn(bare), settings: settingsIn(bare) };
}

function actionOf(text: string): ManualStep['action'] | undefined {
  if (DISABLE.test(text)) return 'disable';
  if (EDIT.test(text)) return 'edit';
  if (CHECK.test(text)) return 'check';
  return OTHER.test(text) ? 'other' : undefined;
}

export function withoutNumber(text: string): string {
  return text.replace(NUMBER, '').trim();
}

export function fileIn(text: string): string | undefined {
  return FILE.exec(text)?.[1];
}

/** `NAME=value` in a text; of `Environment="NAME=value"`, as systemd has it, what is in it. */
export function settingsIn(text: string): ManualStep['settings'] {
  return Array.from(text.matchAll(SETTING), ([, name = '', value = '']) => {
    const bare = value.replace(/^(["'])(.*)\1$/, '$2');
    const inner = name === 'Environment' ? /^([A-Za-z_]\w*)=(.*)$/.exec(bare) : null;
    return inner === null ? { name, value: bare } : { name: inner[1] ?? '', value: inner[2] ?? '' };
  });
}

/** Whether a comment announces that a file is to be edited: what follows may be what to write into it. */
export function announcesEdit(text: string): boolean {
  const bare = withoutNumber(text);
  return /^edit\b/i.test(bare) || (EDIT.test(bare) && fileIn(bare) !== undefined);
}

/**
 * What an item tells a person to do, where that can be helped with: a file to edit, something to look at behind a colon
 * ("Migration recorded: Check the table"). Undefined where it only says what is to be true.
 */
export function readItemManual(text: string): ManualDraft | undefined {
  const whole = readManual(text);
  if (whole !== undefined && helps(whole)) return whole;
  const told = /: (.+)$/.exec(text)?.[1];
  const behind = told === undefined ? undefined : readManual(told);
  if (behind !== undefined && /^(?:check|run|make|review|look|compare)\b/i.test(behind.text)) return behind;
  const [, file] =
    /^(\S*\.env\S*|\S+\.(?:ya?ml|conf|ini|toml|json))\s+(?:file\s+)?(?:is\s+)?(?:updated|edited|changed)\b/i.exec(
      text,
    ) ?? [];
  return file === undefined ? undefined : { text, action: 'edit', file, settings: [] };
}

function helps({ action, file, settings, text }: ManualDraft): boolean {
  if (action === 'disable') return file !== undefined || /^comment out\b/i.test(text);
  return action === 'edit' && (file !== undefined || settings.length > 0);
}
