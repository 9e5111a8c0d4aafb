import * as vscode from 'vscode';
import { writeBaseline } from '../../clients/baselineFolder.ts';
import { captureBaseline, warmUpFrom } from '../../core/baseline/capture.ts';
import type { Capture } from '../../core/baseline/capture.ts';
import { baselineWords } from '../../core/baseline/baseline.ts';
import { presets } from '../../core/dashboard/range.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { tierWords } from '../../core/health/present.ts';
import { runIdsOf } from '../../core/health/redisRunIds.ts';
import type { OperationKind } from '../../core/operations/kind.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../commands/command.ts';
import { sourceOf } from '../dashboard/overlay.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { withProgress } from '../prompts.ts';
import { baselineFolderOf } from './folder.ts';

const name = 'Capture Baseline';

/** Keeps what the dashboard's tiles read over a window, to compare with later. Takes an environment's row. */
export const captureBaselineCommand: Command = {
  name,
  async run(services, argument) {
    const environment = await pickEnvironment(services.environments, argument, name);
    if (!environment) return;
    const folder = baselineFolderOf(environment);
    if (folder === undefined)
      throw new OpsError('settings', `There is no folder for the baselines of ${environment.name}.`, {
        next: 'Open a folder on this machine: they are kept below it.',
      });
    const windowMs = await pickWindow(environment);
    if (windowMs === undefined) return;
    const title = `Reading the baseline of ${environment.name} (${tierWords(environment)})`;
    const capture = await withProgress(title, (signal) => read(services, environment, windowMs, signal));
    const { markdown } = await writeBaseline(folder, capture);
    // Whoever called it need not wait until the message is read.
    tell(environment, capture, markdown).catch((error: unknown) => services.report(name, error));
  },
};

/** An hour first: long enough to be no accident, short enough to lie before a change. */
const windows = [presets[1], presets[0], presets[2], presets[3], presets[4]];

async function pickWindow(environment: Environment): Promise<number | undefined> {
  const items = windows.map(({ words, spanMs }) => ({ label: `The ${words}`, spanMs }));
  const options = {
    title: `${name}: ${environment.name} (${tierWords(environment)})`,
    placeHolder: 'Over which window? It should be one of usual traffic, with a warm cache',
    ignoreFocusOut: true,
  };
  return (await vscode.window.showQuickPick(items, options))?.spanMs;
}

/** Operations after which a cache is not what it was. */
const disturbing: ReadonlySet<OperationKind> = new Set(['flush', 'restore', 'setFlag', 'rollBack', 'checklistRun']);

async function read(
  services: Services,
  environment: Environment,
  windowMs: number,
  signal: AbortSignal,
): Promise<Capture> {
  // What is recorded here has a reading of now at least.
  await Promise.all([...services.fleet.monitorsOf(environment).values()].map((monitor) => monitor.refresh()));
  const toMs = Date.now();
  const [recorder, history] = await Promise.all([services.recorder(), services.historyStore()]);
  const happened = await history.markers(environment, warmUpFrom(toMs, windowMs), toMs);
  const sample = services.fleet.redisOf(environment)?.sample;
  const source = sourceOf(environment, services);
  try {
    return await captureBaseline({
      environment,
      toMs,
      windowMs,
      ask: source.asker(signal),
      redisRunIds: sample ? runIdsOf(sample) : [],
      recording: recorder.recordingOf(environment),
      happened: happened
        .filter(({ kind }) => disturbing.has(kind))
        .map(({ title, beganAtMs }) => ({ label: title, atMs: beganAtMs })),
    });
  } finally {
    source.close();
  }
}

async function tell({ name: of }: Environment, { baseline, absent }: Capture, markdown: string): Promise<void> {
  const count = baseline.figures.length;
  const words = [
    `The baseline of ${of} is captured: ${count} figure${count === 1 ? '' : 's'}, ${baselineWords(baseline)}.`,
    absent.length === 0 ? '' : `No data: ${absent.join(', ')}.`,
    baseline.warmUp.disturbances.length === 0 ? '' : 'It was not a warm window for certain; the document says why.',
  ];
  const open = 'Open';
  if ((await vscode.window.showInformationMessage(words.filter((one) => one !== '').join(' '), open)) === open)
    await vscode.window.showTextDocument(vscode.Uri.file(markdown), { preview: false });
}
