import * as vscode from 'vscode';
import type { ChecklistNode, Item, Stage } from '../../core/checklist/model.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { presentEvidence } from '../../core/evidence/present.ts';
import { rollUp } from '../../core/evidence/rollUp.ts';

import type { Verdict } from '../../core/verdict.ts';
import type { Services } from '../../services.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import { differenceText } from '../checklists/marks.ts';
import { isChecklistTreeNode } from '../checklists/tree.ts';
import type { ChecklistTreeNode } from '../checklists/tree.ts';
import { configuration } from '../configuration.ts';
import { withProgress } from '../prompts.ts';
import { requireEnvironment } from '../rollouts/bound.ts';
import type { RunTarget } from '../run/target.ts';
import { titleOf } from '../run/target.ts';
import type { Command } from './command.ts';

/** Of a row or a lens; without one, what the cursor stands in, or the row that is selected. */
export const run: Command = {
  name: 'Run',
  async run(services, argument) {
    const target = targetOf(services, argument);
    if (target) await runAndOffer(services, target);
  },
};

export const runStage: Command = {
  name: 'Run Stage',
  async run(services) {
    const document = await pickDocument(services, 'Run Stage');
    const stages = [...nodesOf(document?.checklist?.stages ?? [])].filter((node) => node.kind === 'stage');
    const items = stages.map((stage) => ({
      label: stage.title,
      description: stage.role === 'work' ? '' : stage.role,
      stage,
    }));
    const chosen =
      document &&
      (await vscode.window.showQuickPick(items, { title: 'Run Stage', placeHolder: document.checklist?.title ?? '' }));
    if (chosen) await runAndOffer(services, { document, node: chosen.stage });
  },
};

/** The first thing of the document that has commands and has not passed in its environment. */
export const runNext: Command = {
  name: 'Run Next Step',
  async run(services) {
    const document = await pickDocument(services, 'Run Next Step');
    if (!document) return;
    const environment = requireEnvironment(services.environments, document);
    await services.reader.prepare(document);
    const node = nextNode(services, document, environment);
    if (!node) {
      void vscode.window.showInformationMessage(`Everything that has a command has passed in ${environment.name}.`);
      return;
    }
    await runAndOffer(services, { document, node });
  },
};

export const verify: Command = {
  name: 'Verify',
  async run(services, argument) {
    const target = targetOf(services, argument) ?? (await targetOfPick(services, 'Verify'));
    if (!target) return;
    const environment = requireEnvironment(services.environments, target.document);
    const verifying = await services.verifying();
    const verdicts = await withProgress(`Verifying ${titleOf(target)} in ${environment.name}`, (signal) =>
      verifying.verify(target, environment, signal),
    );
    await offerTicks(services, target, environment, `${titleOf(target)}: ${wordsOf(verdicts)} in ${environment.name}.`);
  },
};

export const showEvidence: Command = {
  name: 'Show Evidence',
  async run(services, argument) {
    const target = targetOf(services, argument);
    const meaning = target && (await services.reader.prepare(target.document));
    const { node } = target ?? {};
    if (!target || !meaning || !node || target.document.text === undefined) return;
    const environment = requireEnvironment(services.environments, target.document);
    const found = rollUp(node, meaning, target.document.text, services.evidence.of(environment, target.document));
    if (!found) return;
    const view = presentEvidence(found.evidence, services.evidence.changedAt(environment), Date.now());
    const fence = '```';
    const difference = found.evidence.difference
      ? ['Expected against actual:', `${fence}diff\n${differenceText(found.evidence.difference)}\n${fence}`]
      : [];
    await services.documents.show(
      `${titleOf(target)} in ${environment.name}`,
      [`# ${titleOf(target)}`, ...view.detail, ...difference].join('\n\n'),
    );
  },
};

async function runAndOffer(services: Services, target: RunTarget): Promise<void> {
  const environment = requireEnvironment(services.environments, target.document);
  const { passed, stopped } = await (await services.runs()).run(target, environment);
  if (passed > 0 && stopped === undefined)
    await offerTicks(services, target, environment, `${titleOf(target)}: passed in ${environment.name}.`);
}

/** Ticks what has passed, or offers to. */
async function offerTicks(
  services: Services,
  target: RunTarget,
  environment: Environment,
  said: string,
): Promise<void> {
  await services.reader.prepare(target.document);
  const items = passedItems(services, target, environment);
  const automatic = configuration.tickOnPass(target.document.uri);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(said);
    return;
  }
  const what = items.length === 1 ? `"${items[0]?.text ?? ''}"` : `${items.length} items`;
  if (!automatic && (await vscode.window.showInformationMessage(`${said} Tick ${what}?`, 'Tick')) === undefined) return;
  const { tick } = await import('../checklists/tick.ts');
  for (const item of items)
    await tick({ kind: 'node', document: target.document, text: target.document.text ?? '', node: item }, true);
}

function passedItems(
  { reader, evidence }: Services,
  { document, node }: RunTarget,
  environment: Environment,
): readonly Item[] {
  const meaning = reader.meaningOf(document);
  const { text, checklist } = document;
  if (!meaning || text === undefined || !checklist) return [];
  const known = evidence.of(environment, document);
  const all = [...nodesOf(node ? [node] : checklist.stages)];
  return all
    .filter(
      (one) =>
        one.kind === 'item' &&
        one.box?.checked === false &&
        rollUp(one, meaning, text, known)?.verdict.kind === 'passed',
    )
    .filter((one) => one.kind === 'item');
}

function nextNode(
  { reader, evidence }: Services,
  document: ChecklistDocument,
  environment: Environment,
): ChecklistNode | undefined {
  const meaning = reader.meaningOf(document);
  const { text, checklist } = document;
  if (!meaning || text === undefined || !checklist) return undefined;
  const known = evidence.of(environment, document);
  const work = checklist.stages.filter((stage: Stage) => stage.role === 'work');
  for (const node of nodesOf(work)) {
    const runnable =
      node.kind === 'block'
        ? (meaning.blocks.get(node.id)?.parts.length ?? 0) > 0
        : node.kind === 'item' && (meaning.items.get(node.id)?.commands.length ?? 0) > 0;
    if (runnable && rollUp(node, meaning, text, known)?.verdict.kind !== 'passed') return node;
  }
  return undefined;
}

/** A row's; without one what the cursor stands in, else the row that is selected. */
function targetOf({ checklists, checklistView }: Services, argument: unknown): RunTarget | undefined {
  if (isChecklistTreeNode(argument)) return targetOfRow(argument);
  const editor = vscode.window.activeTextEditor;
  const document = editor && checklists.documentAt(editor.document.uri);
  if (document?.checklist && editor) {
    const offset = editor.document.offsetAt(editor.selection.active);
    const around = [...nodesOf(document.checklist.stages)].filter(
      ({ range }) => range.start <= offset && offset <= range.end,
    );
    const node = around.findLast(({ kind }) => kind !== 'stage') ?? around.at(-1);
    if (node) return { document, node };
  }
  const { selection } = checklistView;
  return selection && targetOfRow(selection);
}

function targetOfRow(row: ChecklistTreeNode): RunTarget {
  if (row.kind === 'document') return { document: row.document, node: undefined };
  const commandAt = row.kind === 'command' ? row.command.part.range.start : undefined;
  return { document: row.document, node: row.node, commandAt };
}

async function targetOfPick(services: Services, title: string): Promise<RunTarget | undefined> {
  const document = await pickDocument(services, title);
  return document && { document, node: undefined };
}

async function pickDocument({ checklists }: Services, title: string): Promise<ChecklistDocument | undefined> {
  await checklists.load();
  const editor = vscode.window.activeTextEditor;
  const open = editor && checklists.documentAt(editor.document.uri);
  if (open) return open;
  const documents = checklists.documents.filter(({ checklist }) => checklist !== undefined);
  if (documents.length === 1) return documents[0];
  const items = documents.map((document) => ({
    label: document.checklist?.title ?? '',
    description: vscode.workspace.asRelativePath(document.uri),
    document,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Checklist' }))?.document;
}

function wordsOf(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'nothing here can be checked without changing something';
  const counts = (['passed', 'failed', 'inconclusive', 'notRun'] as const).map(
    (kind) => [kind, verdicts.filter((one) => one.kind === kind).length] as const,
  );
  return counts
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind === 'notRun' ? 'not run' : kind}`)
    .join(', ');
}
