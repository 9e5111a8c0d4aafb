import type { Edit } from './redisPassword.ts';
import type { ShellNode } from './types.ts';
import { simpleCommandsOf } from './walk.ts';

/** Options with which curl shows the status already, or writes something of its own. */
const SHOWS = /^(?:-[a-zA-Z]*[iIwvV]|--include|--head|--write-out|--verbose|--version)/;

/** The edits that make each `curl` say the status of the answer at the end of its error output (curl 7.63 and later). */
export function statusEdits(tree: ShellNode): readonly Edit[] {
  return [...simpleCommandsOf([tree])].flatMap(({ words }) => {
    const [program, ...rest] = words;
    if (program?.literal !== 'curl' || rest.some(({ literal }) => SHOWS.test(literal ?? ''))) return [];
    const at = { start: program.span.end, end: program.span.end };
    return [{ span: at, text: ` --write-out '%{stderr}\\nHTTP status %{http_code}\\n'` }];
  });
}
