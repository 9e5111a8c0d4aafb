import * as vscode from 'vscode';
import type { Stage } from '../../core/checklist/model.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import { OpsError } from '../../core/errors.ts';
import type { FlagSurroundings } from '../../core/flags/surroundings.ts';
import { formatDuration, formatTime } from '../../core/format.ts';
import type { Plan } from '../../core/operations/plan.ts';
import { recordedRevisions } from '../../core/rollback/revisions.ts';
import { flagsOf } from '../../core/rollback/rollBack.ts';
import { budgetsMs, wayNames } from '../../core/rollback/way.ts';
import type { RollBackWay } from '../../core/rollback/way.ts';
import type { Services } from '../../services.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import { withProgress } from '../prompts.ts';

/** A way back that the environment, or a checklist here, really has. */
export type Chosen =
  | { readonly kind: 'way'; readonly way: RollBackWay }
  | { readonly kind: 'document'; readonly document: ChecklistDocument; readonly stage: Stage };

export async function chooseWay(
  services: Services,
  surroundings: FlagSurroundings,
  title: string,
): Promise<Chosen | undefined> {
  const { environment } = surroundings;
  const ways = waysOf(surroundings).map(({ way, description }) => ({
    label: `${icons[way]} ${wayNames[way]}`,
    description: `budget ${formatDuration(budgetsMs[way])}`,
    detail: description,
    chosen: { kind: 'way' as const, way },
  }));
  const sections = (await rollbackStages(services)).map(({ document, stage }) => ({
    label: `$(checklist) The Steps of “${stage.title}”`,
    description: vscode.workspace.asRelativePath(document.uri),
    detail: 'Run one after the other in their order, each as the checklist says it',
    chosen: { kind: 'document' as const, document, stage },
  }));
  if (ways.length + sections.length === 0) {
    throw new OpsError('settings', `${environment.name} has nothing to roll back with; nothing was changed.`, {
      next: 'Add "flags" with a "target", or "rollback", to its settings.',
    });
  }
  const placeHolder = 'Which way back? Nothing is changed before you confirm the plan.';
  return (
    await vscode.window.showQuickPick([...ways, ...sections], {
      title,
      placeHolder,
      matchOnDetail: true,
      ignoreFocusOut: true,
    })
  )?.chosen;
}

const icons: Readonly<Record<RollBackWay, string>> = {
  immediate: '$(zap)',
  full: '$(history)',
  release: '$(link)',
  revision: '$(versions)',
};

function waysOf(
  surroundings: FlagSurroundings,
): readonly { readonly way: RollBackWay; readonly description: string }[] {
  const { environment, deployment } = surroundings;
  const { tag, deploy, link } = environment.settings.rollback ?? {};
  const flags = flagsOf(surroundings, 'immediate');
  const off = flags.length === 0 ? '' : `${flags.join(', ')} off`;
  const immediate = [off, deployment ? 'restart' : '', 'health', 'metrics'].filter((one) => one !== '');
  const full = [
    off,
    tag === undefined ? '' : `code back to ${tag}`,
    deploy === undefined ? 'restart' : 'deploy',
    'verify',
  ];
  return [
    ...(flags.length > 0 || deployment ? [{ way: 'immediate' as const, description: immediate.join(', ') }] : []),
    ...(tag !== undefined || deploy !== undefined
      ? [{ way: 'full' as const, description: full.filter((one) => one !== '').join(', ') }]
      : []),
    ...(link === undefined
      ? []
      : [{ way: 'release' as const, description: `${link} back to what it pointed to before` }]),
    ...(deployment?.undoTo ? [{ way: 'revision' as const, description: `${deployment.where}: chosen next` }] : []),
  ];
}

/** What checklists here say themselves about going back: the one that is open first. */
async function rollbackStages(services: Services): Promise<readonly { document: ChecklistDocument; stage: Stage }[]> {
  await services.checklists.load();
  const open = vscode.window.activeTextEditor?.document.uri.toString();
  const found = services.checklists.documents.flatMap((document) => {
    const stages = [...nodesOf(document.checklist?.stages ?? [])].filter((node) => node.kind === 'stage');
    const stage = stages.find(({ role }) => role === 'rollback');
    return stage ? [{ document, stage }] : [];
  });
  const runnable = await Promise.all(
    found.map(async ({ document, stage }) => {
      const { units } = await services.reader.unitsOf({ document, node: stage });
      return units.some(({ kind }) => kind !== 'criterion');
    }),
  );
  const usable = found.filter((_, index) => runnable[index]);
  return usable.toSorted(
    (a, b) => Number(b.document.uri.toString() === open) - Number(a.document.uri.toString() === open),
  );
}

export async function chooseRevision(
  services: Services,
  { deployment, environment }: FlagSurroundings,
  title: string,
): Promise<string | undefined> {
  const { undoTo } = deployment ?? {};
  if (!deployment || !undoTo) return undefined;
  const [revisions, { revision: now }] = await withProgress(`Reading the revisions of ${deployment.where}`, (signal) =>
    Promise.all([undoTo.revisions(signal), deployment.inspect(signal)]),
  );
  const { rows } = await (await services.historyStore()).read();
  const recorded = recordedRevisions(
    rows.map(({ entry }) => entry),
    environment.id,
  );
  const items = revisions
    .toReversed()
    .filter((one) => one !== now)
    .map((one) => ({ label: `Revision ${one}`, description: recordedWords(recorded.get(one)), one }))
    // What was recorded is what is wanted most often.
    .toSorted((a, b) => Number(recorded.has(b.one)) - Number(recorded.has(a.one)));
  if (items.length === 0)
    throw new OpsError('conflict', `${deployment.where} has no other revision than the present one.`);
  const placeHolder = `It is at revision ${now ?? 'unknown'}`;
  return (await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.one;
}

function recordedWords(found: { readonly before: string; readonly atMs: number } | undefined): string {
  return found ? `before “${found.before}” at ${formatTime(found.atMs, Date.now())}` : '';
}

/** Undefined: left. The reasons of what is to be left out, by step; none where all is to be done. */
export async function chooseSteps(
  title: string,
  plan: () => Promise<Plan>,
): Promise<ReadonlyMap<string, string> | undefined> {
  const all = {
    label: '$(debug-start) All Steps',
    detail: 'The plan is shown and confirmed before anything is changed',
  };
  const some = { label: '$(list-selection) Leave Out Steps…', detail: 'Each that is left out needs a reason' };
  const chosen = await vscode.window.showQuickPick([all, some], {
    title,
    placeHolder: 'How much of it?',
    ignoreFocusOut: true,
  });
  if (chosen !== some) return chosen && new Map();
  const { steps } = await plan();
  const items = steps.map(({ id, title: label }) => ({ label, id, picked: true }));
  const kept = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Steps to be done',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!kept) return undefined;
  const reasons = new Map<string, string>();
  for (const { id, label } of items.filter((one) => !kept.includes(one))) {
    const reason = await vscode.window.showInputBox({
      title: `Leave out: ${label}`,
      prompt: 'Why? Kept in the journal.',
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? 'Leaving a step out needs a reason.' : undefined),
    });
    if (reason === undefined) return undefined;
    reasons.set(id, reason.trim());
  }
  return reasons;
}

/** Undefined: there is nothing to say. Throws OpsError `cancelled` when left. */
export async function askReason(title: string): Promise<string | undefined> {
  const reason = await vscode.window.showInputBox({
    title,
    prompt: 'Why? For the rollback log and the summary; leave it empty where there is nothing to say.',
    ignoreFocusOut: true,
  });
  if (reason === undefined) throw new OpsError('cancelled', 'Cancelled.');
  return reason.trim() === '' ? undefined : reason.trim();
}
