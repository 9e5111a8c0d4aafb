import type { Step } from '../checklist/meaning/types.ts';
import { classifyDanger } from '../shell/danger/classify.ts';
import { renderStatement } from '../shell/render.ts';
import type { Danger, PlaceholderValue } from '../shell/types.ts';

export type CommandStep = Extract<Step, { readonly kind: 'command' }> & { readonly danger: Danger };

/** What is done together: commands in one shell process, or one thing that is not simply run. */
export type Segment =
  | { readonly kind: 'commands'; readonly steps: readonly CommandStep[] }
  /** It waits for a person or never ends: it gets a terminal, and nobody waits for it. */
  | { readonly kind: 'terminal'; readonly step: CommandStep }
  | Extract<Step, { readonly kind: 'manual' | 'handOver' }>;

/**
 * Splits the steps of a block. A command that changes something begins a new segment when one before it in the same
 * segment says what to expect: a check that fails must be seen before the change is made, and in one shell process the
 * change would already be under way.
 */
export function segmentsOf(steps: readonly Step[]): readonly Segment[] {
  const segments: Segment[] = [];
  let open: CommandStep[] = [];
  const close = (): void => {
    if (open.length > 0) segments.push({ kind: 'commands', steps: open });
    open = [];
  };
  for (const step of steps) {
    if (step.kind !== 'command') {
      close();
      segments.push(step);
      continue;
    }
    const command = { ...step, danger: classifyDanger(step.statement) };
    if (command.danger.interactive !== undefined || command.danger.endless !== undefined) {
      close();
      segments.push({ kind: 'terminal', step: command });
      continue;
    }
    if (command.danger.class !== 'readOnly' && open.some(({ expectations }) => expectations.length > 0)) close();
    open.push(command);
  }
  close();
  return segments;
}

/**
 * What is handed to the shell: placeholders filled in, passwords moved to the process environment, and where a status code
 * is expected, `curl` made to say it.
 */
export function codeToRun(
  { statement, expectations }: Pick<CommandStep, 'statement' | 'expectations'>,
  values: ReadonlyMap<string, PlaceholderValue>,
): string {
  const showStatus = expectations.some(({ expectation }) => expectation.kind === 'httpStatus');
  return renderStatement(statement, values, { showStatus });
}
