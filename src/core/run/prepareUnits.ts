import type { Choice, Step } from '../checklist/meaning/types.ts';
import { OpsError } from '../errors.ts';
import { commandsOfBlock, commandsOfItem } from '../evidence/anchors.ts';
import type { Placeholder } from '../shell/types.ts';
import type { RunContext, RunHost } from './host.ts';
import type { Unit } from './units.ts';
import { isForTier } from './units.ts';

export type Runnable = Extract<Unit, { readonly kind: 'block' | 'inline' }>;

/** A unit with the steps that are meant here and now, and where the evidence of each of its commands belongs. */
export interface Prepared {
  readonly unit: Runnable;
  readonly steps: readonly Step[];
  /** By where a command begins in the document. */
  idAt(offset: number): string;
}

/** Ends a run before its end; the message says why. Not a failure of the program. */
export class Stopped extends Error {}

/** Asks for one option of every choice; by the choice's id. */
export async function askChoices(choices: readonly Choice[], host: RunHost): Promise<ReadonlyMap<string, string>> {
  const chosen = new Map<string, string>();
  for (const choice of choices) {
    const option = await host.choose(choice);
    if (option === undefined) throw new Stopped('Nothing was chosen.');
    chosen.set(choice.id, option);
  }
  return chosen;
}

/** Parses the units, and leaves out what was not chosen and what is meant for another tier; the latter is said. */
export async function prepareUnits(
  units: readonly Unit[],
  chosen: ReadonlyMap<string, string>,
  context: RunContext,
  host: RunHost,
): Promise<readonly Prepared[]> {
  const { tier } = context.environment;
  const prepared: Prepared[] = [];
  for (const unit of units) {
    if (unit.kind === 'criterion') continue;
    const choice = unit.kind === 'block' ? unit.meaning.choice : undefined;
    if (choice && chosen.get(choice.choice) !== choice.option) continue;
    const { tiers } = unit.meaning;
    if (!isForTier(tiers, tier)) {
      host.say(`Left out: it is for ${tiers?.join(', ')} only, and ${context.environment.name} is ${tier}.`);
      continue;
    }
    const steps = (await context.stepsOf(unit)).filter(
      (step) =>
        isWanted(step, chosen) &&
        isForTier('tiers' in step ? step.tiers : undefined, tier) &&
        !setsOnlyWhatIsProvided(unit, step, context.provided),
    );
    prepared.push({ unit, steps, idAt: idsOf(unit, context.text) });
  }
  return prepared;
}

/**
 * A document's own `export REDIS_HOST=localhost` must not redirect what follows: where the environment gives the variable,
 * its value stands. A default (`${REDIS_HOST:-localhost}`) gives way by itself, and is left out as well.
 */
export function setsOnlyWhatIsProvided(unit: Runnable, step: Step, provided: ReadonlySet<string>): boolean {
  if (unit.kind !== 'block' || unit.meaning.use !== 'variables' || step.kind !== 'command') return false;
  const { assigns } = step.statement;
  return assigns.length > 0 && assigns.every((name) => provided.has(name));
}

/** Every placeholder of the units once, however often it stands there. */
export function placeholdersOf(prepared: readonly Prepared[]): readonly Placeholder[] {
  const commands = prepared.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'command' ? step.statement.placeholders : [])),
  );
  return [...new Map(commands.map((placeholder) => [placeholder.name, placeholder])).values()];
}

function isWanted(step: Step, chosen: ReadonlyMap<string, string>): boolean {
  if (step.kind === 'handOver' || !step.choice) return true;
  return chosen.get(step.choice.choice) === step.choice.option;
}

/** Where the evidence of a command belongs, by where it begins in the document. */
export function idsOf(unit: Runnable, text: string): (offset: number) => string {
  const entries: readonly (readonly [number, string])[] =
    unit.kind === 'block'
      ? commandsOfBlock(unit.meaning, text).map(({ part, anchor }) => [part.range.start, anchor.id])
      : commandsOfItem(unit.item.id, unit.meaning.commands).map(({ command, anchor }) => [
          command.range.start,
          anchor.id,
        ]);
  const ids = new Map(entries);
  return (offset) => {
    const id = ids.get(offset);
    if (id === undefined)
      throw new OpsError('conflict', 'A command is not where the document had it.', { next: 'Run it again.' });
    return id;
  };
}
