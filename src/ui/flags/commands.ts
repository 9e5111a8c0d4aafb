import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { FlagReading } from '../../core/flags/board.ts';
import { flagWords } from '../../core/flags/present.ts';
import type { SetFlag, SetFlagWish } from '../../core/flags/setFlag.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../commands/command.ts';
import { environmentOf, pickEnvironment } from '../environments/pick.ts';
import { withProgress } from '../prompts.ts';

/** Takes the row of a flag, of the flags, or of an environment; also what a step of a checklist says, with its value. */
export const setFlag: Command = {
  name: 'Set Flag',
  async run(services, argument) {
    const operation = await askForFlag(services, argument, 'Set Flag');
    if (!operation) return;
    try {
      await (await services.operations()).run(operation);
    } finally {
      await services.flags.refresh(operation.environment);
    }
  },
};

/** The plan of the same, and nothing more. */
export const setFlagDryRun: Command = {
  name: 'Dry Run of a Flag',
  async run(services, argument) {
    const operation = await askForFlag(services, argument, 'Dry Run of a Flag');
    if (operation) await (await services.operations()).dryRun(operation);
  },
};

export const refreshFlags: Command = {
  name: 'Refresh Flags',
  async run({ environments, flags }, argument) {
    const named = environmentOf(environments, argument);
    await Promise.all((named ? [named] : environments.all).map((one) => flags.refresh(one)));
  },
};

/** The operation for a wish; also from the journal. */
export async function makeSetFlag(services: Services, environment: Environment, wish: SetFlagWish): Promise<SetFlag> {
  const [{ SetFlag: Operation }, { openFlagSurroundings }] = await Promise.all([
    import('../../core/flags/setFlag.ts'),
    import('./surroundings.ts'),
  ]);
  return new Operation(await openFlagSurroundings(environment, services), wish);
}

const wishInJournal = z.object({ name: z.string(), value: z.string() });

/** What an entry of the journal asked for, planned anew. */
export function setFlagAgain(services: Services, environment: Environment, request: unknown): Promise<SetFlag> {
  const found = wishInJournal.safeParse(request);
  if (found.success) return makeSetFlag(services, environment, found.data);
  throw new OpsError('settings', 'The record does not say which flag was to be set; nothing was done.');
}

async function askForFlag(services: Services, argument: unknown, title: string): Promise<SetFlag | undefined> {
  const environment = await pickEnvironment(services.environments, argument, title);
  if (!environment) return undefined;
  const full = `${title}: ${environment.name} (${tierWords(environment)})`;
  if (Object.keys(environment.settings.flags ?? {}).length === 0) {
    void vscode.window.showInformationMessage(
      `${environment.name} names no flags. Add them under "flags" in its settings.`,
    );
    return undefined;
  }
  const { readings } = await withProgress(`Reading the flags of ${environment.name}`, () =>
    services.flags.refresh(environment),
  );
  const reading = await pickFlag(readings, environment, namedIn(argument, 'flag'), full);
  if (!reading) return undefined;
  const value = namedIn(argument, 'value') ?? (await pickValue(reading, environment, full));
  if (value === undefined) return undefined;
  const shown = reading.desired.kind === 'known' ? { shown: { value: reading.desired.value } } : {};
  return makeSetFlag(services, environment, { name: reading.name, value, ...shown });
}

async function pickFlag(
  readings: readonly FlagReading[],
  environment: Environment,
  named: string | undefined,
  title: string,
): Promise<FlagReading | undefined> {
  const known = readings.find(({ name }) => name === named) ?? (readings.length === 1 ? readings[0] : undefined);
  if (known) return known;
  const items = readings.map((reading) => ({
    label: reading.name,
    description: nowWords(reading, environment),
    reading,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Flag', ignoreFocusOut: true }))?.reading;
}

async function pickValue(reading: FlagReading, environment: Environment, title: string): Promise<string | undefined> {
  const { name } = reading;
  const flag = environment.settings.flags?.[name];
  if (!flag) return undefined;
  const isNow = (value: string): boolean => reading.desired.kind === 'known' && reading.desired.value === value;
  const items = (['on', 'off'] as const).map((word) => ({
    label: word === 'on' ? '$(circle-filled) On' : '$(circle-outline) Off',
    description: [`${name}=${flag[word]}`, isNow(flag[word]) ? 'as it is' : ''].filter((one) => one !== '').join(' · '),
    value: flag[word],
  }));
  // What it is not already comes first.
  const sorted = items.toSorted((a, b) => Number(isNow(a.value)) - Number(isNow(b.value)));
  const isLine = flag.in?.line !== undefined;
  const other = { label: '$(edit) Another Value…', description: '', value: undefined };
  const placeHolder = `${name} is ${nowWords(reading, environment)}. Set it to`;
  const chosen = await vscode.window.showQuickPick(isLine ? sorted : [...sorted, other], {
    title,
    placeHolder,
    ignoreFocusOut: true,
  });
  if (chosen === undefined || chosen.value !== undefined) return chosen?.value;
  return vscode.window.showInputBox({ title, prompt: `Value of ${name}`, ignoreFocusOut: true });
}

function nowWords({ name, desired, effective }: FlagReading, { settings }: Environment): string {
  const flag = settings.flags?.[name];
  const wanted = desired.kind === 'known' ? flagWords(flag, desired.value) : 'unknown';
  return effective.kind === 'known' ? `${wanted}, runs with ${flagWords(flag, effective.value)}` : wanted;
}

function namedIn(argument: unknown, field: 'flag' | 'value'): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const found: unknown = Reflect.get(argument, field);
  return typeof found === 'string' ? found : undefined;
}
