import { readShell } from '../../shell/read.ts';
import type { PreparedCode } from '../../shell/prepare.ts';
import { isCommand } from './commandLike.ts';

const SHELLS = new Set(['bash', 'sh', 'shell', 'zsh', 'console', 'terminal', 'shell-session', 'shellsession']);
const UNNAMED_LIMIT = 20_000;

/** Whether a block is shell code: it says so, or it says nothing and every statement in it is a known command. */
export function isShellCode(language: string, prepared: () => PreparedCode): boolean {
  if (language !== '') return SHELLS.has(language);
  const { code, masked, outputs } = prepared();
  if (code.trim() === '' || code.length > UNNAMED_LIMIT) return false;
  if (outputs.length > 0) return true;
  const { statements, error } = readShell(masked);
  return (
    error === undefined &&
    statements.length > 0 &&
    statements.every(({ span }) => isObvious(code.slice(span.start, span.end)))
  );
}

function isObvious(code: string): boolean {
  const [line = ''] = code.split('\n');
  return isCommand(line.replace(/\\$/, '')) || /^(?:export\s+)?[A-Z_][A-Z0-9_]*=\S/.test(line);
}
