import type { SettingProblem } from './environment.ts';
import { isClearText, passwordInUrl, secretFieldAt } from './secretFields.ts';
import { parseSecretText } from './secretText.ts';
import { formatPath, textsIn } from './settingPath.ts';
import type { SettingPath } from './settingPath.ts';

/** Where `${…}` belongs to a shell or to the application's configuration, not to us. */
const foreignText = new Set<string | number>(['target', 'flags', 'rollback', 'metrics']);

const reference = '"${secret}" or "${env:NAME}"';

/** Secrets in clear text (warnings) and `${…}` that mean nothing here (errors). `at` is the path of the environment. */
export function secretProblems(raw: unknown, at: SettingPath): readonly SettingProblem[] {
  return [...textsIn(raw)].flatMap(([below, text]): SettingProblem[] => {
    const path = [...at, ...below];
    const misplaced = foreignText.has(below[0] ?? '') ? undefined : referenceFault(below, text);
    if (misplaced !== undefined) {
      return [{ path, message: `${formatPath(path)} ${misplaced}`, severity: 'error', code: 'invalidValue' }];
    }
    if (!isClearText(below, text)) return [];
    return [{ path, message: clearTextMessage(path, below, text), severity: 'warning', code: 'clearTextSecret' }];
  });
}

function referenceFault(below: SettingPath, text: string): string | undefined {
  const parsed = parseSecretText(text);
  if (parsed.kind === 'literal') return undefined;
  const kind = secretFieldAt(below);
  if (kind === undefined) {
    return 'holds a reference: expected the value itself. Only secrets, headers and variables can refer to something.';
  }
  if (parsed.kind === 'unknown') return `holds a reference that means nothing: expected one reference, ${reference}.`;
  const alone = parsed.before === '' && parsed.after === '';
  if (alone || kind === 'header' || kind === 'variable') return undefined;
  return `has other text around its reference: expected ${reference} alone.`;
}

function clearTextMessage(path: SettingPath, below: SettingPath, text: string): string {
  const where = formatPath(path);
  if (passwordInUrl(text) === undefined) {
    const what = secretFieldAt(below) === undefined ? 'has a secret' : 'is a secret';
    return `${where} ${what} in clear text: expected ${reference}, so that it can be committed.`;
  }
  if (below[0] === 'variables') return `${where} has a password in clear text: expected ${reference} in its place.`;
  const service = String(below[0]);
  const field = ['redis', 'qdrant', 'prometheus', 'grafana', 'application'].includes(service) ? service : undefined;
  const place =
    field === undefined ? 'elsewhere' : `in ${formatPath([...environmentOf(path, below), field, 'password'])}`;
  return `${where} has a password in clear text: expected it ${place}, as ${reference}.`;
}

function environmentOf(path: SettingPath, below: SettingPath): SettingPath {
  return path.slice(0, path.length - below.length);
}
