import type { LintDocument, LintPlace } from '../document.ts';
import type { LintCommand } from '../events.ts';

/** Every command of the document with where it stands, in order. */
export function* commandsWithPlaces({
  places,
}: LintDocument): Generator<{ readonly command: LintCommand; readonly place: LintPlace }, void> {
  for (const place of places)
    for (const event of place.events) if (event.kind === 'command') yield { command: event, place };
}
