import { OpsError } from '../errors.ts';
import { placeOf } from './places.ts';
import { quoteValue } from './quote.ts';
import { hasShapeOf } from './shape.ts';
import { passwordEdits } from './redisPassword.ts';
import type { Edit } from './redisPassword.ts';
import { statusEdits } from './httpStatus.ts';
import type { Placeholder, PlaceholderValue, Statement } from './types.ts';

/**
 * The code to run for a statement: its placeholders replaced by quoted `values` (by name), passwords of `redis-cli` moved
 * to the environment of its process. A value stays one word of text wherever it stands. Throws OpsError `settings` where
 * a value is missing, or could become a command, an option or another line. With `showStatus`, each `curl` also says the
 * status of the answer, as its last line of error output: `HTTP status 200`.
 */
export function renderStatement(
  statement: Pick<Statement, 'code' | 'tree' | 'placeholders'>,
  values: Readonly<Record<string, PlaceholderValue>> | ReadonlyMap<string, PlaceholderValue>,
  { showStatus = false }: { readonly showStatus?: boolean } = {},
): string {
  const { code, tree, placeholders } = statement;
  if (tree === undefined) {
    if (placeholders.length === 0) return code;
    throw new OpsError(
      'settings',
      'Values cannot be filled into a command that cannot be taken apart. Nothing was run.',
      {
        next: 'Write the values into the document.',
      },
    );
  }
  const filled = placeholders.flatMap((placeholder) => {
    const place = placeOf(placeholder, tree);
    if (place === undefined) return []; // in a comment
    return { span: placeholder.at, text: quoteValue(valueOf(placeholder, values), placeholder, place) };
  });
  // Whatever was overlooked: a value that changes what the shell reads is refused.
  if (filled.length > 0 && !hasShapeOf(applyEdits(code, filled, []), tree)) {
    throw new OpsError('settings', 'A value cannot be used: it would change the command. Nothing was run.', {
      next: 'Enter another value.',
    });
  }
  return applyEdits(code, filled, [...passwordEdits(tree, code), ...(showStatus ? statusEdits(tree) : [])]);
}

function valueOf(
  { name, text }: Placeholder,
  values: Readonly<Record<string, PlaceholderValue>> | ReadonlyMap<string, PlaceholderValue>,
): PlaceholderValue {
  const value = values instanceof Map ? values.get(name) : Object.entries(values).find(([key]) => key === name)?.[1];
  if (value !== undefined) return value;
  throw new OpsError('settings', `There is no value for ${text}. Nothing was run.`, {
    next: 'Enter one and run it again.',
  });
}

/** Values are filled in where they stand, and where their word was moved to. */
function applyEdits(code: string, filled: readonly Edit[], moved: readonly Edit[]): string {
  const inside = (edit: Edit) =>
    moved.some(({ span }) => span.start <= edit.span.start && edit.span.end <= span.end && span.end > span.start);
  const completed = moved.map((edit) => ({ ...edit, text: fillText(edit.text, code, filled) }));
  return [...filled.filter((edit) => !inside(edit)), ...completed]
    .toSorted((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)
    .reduce((text, { span, text: by }) => text.slice(0, span.start) + by + text.slice(span.end), code);
}

function fillText(text: string, code: string, filled: readonly Edit[]): string {
  return filled.reduce(
    (result, { span, text: by }) => result.replaceAll(code.slice(span.start, span.end), () => by),
    text,
  );
}
