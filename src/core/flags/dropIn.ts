import type { TextFlag } from './textFlag.ts';

// Source: systemd.exec(5), systemd.syntax(7): Environment="NAME=value" in a [Service] section; % begins a specifier.

/** A variable in a systemd drop-in. Other lines are kept; where there is no [Service] section, one is made. */
export function dropInFlag(name: string): TextFlag {
  const pattern = new RegExp(`^[ \\t]*Environment[ \\t]*=[ \\t]*"?${name}=(.*?)"?[ \\t]*$`, 'gm');
  return {
    valueOf: (text) => {
      const last = [...text.matchAll(pattern)].at(-1)?.[1];
      return last === undefined ? undefined : last.replaceAll('%%', '%').replaceAll(/\\(["\\])/g, '$1');
    },
    withValue: (text, value) => {
      const last = [...text.matchAll(pattern)].at(-1);
      const line = value === undefined ? '' : assignment(name, value);
      if (last !== undefined) {
        const end =
          last.index + last[0].length + (value === undefined && text[last.index + last[0].length] === '\n' ? 1 : 0);
        return text.slice(0, last.index) + line + text.slice(end);
      }
      if (value === undefined) return text;
      const section = /^\[Service\][ \t]*$/m.exec(text);
      if (section === null) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}[Service]\n${line}\n`;
      const at = section.index + section[0].length;
      return `${text.slice(0, at)}\n${line}${text.slice(at)}`;
    },
  };
}

function assignment(name: string, value: string): string {
  return `Environment="${name}=${value.replaceAll('%', '%%').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** What `systemctl show` prints: `NAME=value` a line. */
export function parseUnitProperties(text: string): Readonly<Record<string, string>> {
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf('=');
    return at <= 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return Object.fromEntries(entries);
}

/** The variables of the property `Environment`: words, quoted where they hold spaces. */
export function parseUnitEnvironment(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [, quoted, plain] of text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    const word = (quoted ?? plain ?? '').replaceAll(/\\(.)/g, '$1');
    const at = word.indexOf('=');
    if (at > 0) values.set(word.slice(0, at), word.slice(at + 1));
  }
  return values;
}

/** Paths of the property `EnvironmentFiles`: `/etc/crew.env (ignore_errors=no)`. */
export function parseEnvironmentFiles(text: string): readonly string[] {
  return [...text.matchAll(/(\/.+?) \(ignore_errors=(?:yes|no)\)/g)].map(([, path = '']) => path);
}
