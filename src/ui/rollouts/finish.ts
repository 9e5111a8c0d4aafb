import path from 'node:path';
import * as vscode from 'vscode';
import type { Meaning } from '../../core/checklist/meaning/types.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import type { TextEdit } from '../../core/environment/jsonInsert.ts';
import { OpsError } from '../../core/errors.ts';
import { rollUp } from '../../core/evidence/rollUp.ts';
import type { EvidenceSummary } from '../../core/rollout/changeRecord.ts';
import { formatMoment, readRollout } from '../../core/rollout/rollout.ts';
import type { Rollout, RolloutOutcome } from '../../core/rollout/rollout.ts';
import type { Services } from '../../services.ts';
import { largestChecklistBytes, openDocumentOf } from '../checklists/document.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { Command } from '../commands/command.ts';
import { environmentFor } from './bound.ts';
import { chooseChecklist, contentOf } from './chooseChecklist.ts';

/** Closes a rollout: status line and front matter are filled in, and a change record is written beside it. */
export const finishRollout: Command = {
  name: 'Finish Rollout',
  async run(services, argument) {
    const copy = await chooseChecklist(services.checklists, argument, 'Finish Rollout', isOpenRollout);
    if (!copy) {
      void vscode.window.showInformationMessage('No rollout is open. Use "Cache Ops: Start Rollout…".');
      return;
    }
    const rollout = rolloutIn(copy);
    const answer = await askOutcome(copy, rollout);
    if (answer) await close(services, copy, { ...rollout, outcome: answer.outcome }, answer.remark);
  },
};

function isOpenRollout({ checklist, text }: ChecklistDocument): boolean {
  return checklist !== undefined && text !== undefined && readRollout(text)?.outcome === 'In Progress';
}

function rolloutIn(copy: ChecklistDocument): Rollout {
  const rollout = readRollout(contentOf(copy).text);
  if (!rollout) {
    throw new OpsError('conflict', `${name(copy.uri)} is no rollout: its front matter names no environment.`, {
      next: 'Start one with "Cache Ops: Start Rollout…".',
    });
  }
  if (rollout.outcome === 'In Progress') return rollout;
  throw new OpsError('conflict', `${name(copy.uri)} was finished already: ${rollout.outcome}. Nothing was changed.`, {
    next: 'Remove "outcome" from its front matter to take it up again.',
  });
}

interface Answer {
  readonly outcome: RolloutOutcome;
  readonly remark: string;
}

async function askOutcome(copy: ChecklistDocument, { environment, tier }: Rollout): Promise<Answer | undefined> {
  const { done, total } = contentOf(copy).checklist.progress;
  const open = total - done;
  const title = `Finish Rollout to ${environment} (${tier}): ${name(copy.uri)}`;
  const choices: (vscode.QuickPickItem & { readonly outcome: RolloutOutcome })[] = [
    {
      label: 'Complete',
      detail:
        open === 0 ? `All ${total} items are ticked.` : `${open} of ${total} items are open; the record lists them.`,
      outcome: 'Complete',
    },
    { label: 'Rolled Back', detail: 'The change was taken back.', outcome: 'Rolled Back' },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title, placeHolder: 'How did it end?' });
  if (!chosen) return undefined;
  const remark = await vscode.window.showInputBox({
    title,
    prompt:
      chosen.outcome === 'Complete' ? 'What the record should say besides; may be empty' : 'Why it was rolled back',
    ignoreFocusOut: true,
  });
  return remark === undefined ? undefined : { outcome: chosen.outcome, remark: remark.trim() };
}

async function close(services: Services, copy: ChecklistDocument, rollout: Rollout, remark: string): Promise<void> {
  const [{ finishEdits }, { changeRecord }, { writeNewFile }] = await Promise.all([
    import('../../core/rollout/finishRollout.ts'),
    import('../../core/rollout/changeRecord.ts'),
    import('../../clients/newFile.ts'),
    services.reader.prepare(copy),
  ]);
  const { text, checklist } = contentOf(copy);
  const meaning = services.reader.meaningOf(copy);
  if (!meaning) throw new OpsError('file', `${name(copy.uri)} cannot be read as a checklist.`);
  const finished = formatMoment(new Date());
  const record = changeRecord({
    rollout: { ...rollout, finished },
    checklist,
    copy: path.posix.basename(copy.uri.path),
    evidence: evidenceOf(services, copy, meaning),
    remark,
  });
  const beside = copy.uri.fsPath.replace(/\.(?:md|markdown)$/i, '');
  const written = vscode.Uri.file(await writeNewFile(`${beside}.record.md`, record));
  try {
    await editDocument(copy.uri, text, finishEdits(text, meaning, rollout.outcome, finished));
  } catch (error) {
    // What was not finished has no record.
    await vscode.workspace.fs.delete(written);
    throw error;
  }
  await services.rollouts.refresh();
  await vscode.window.showTextDocument(written, { preview: false });
  void vscode.window.showInformationMessage(
    `Rollout to ${rollout.environment} finished: ${rollout.outcome}. The change record is ${name(written)}.`,
  );
}

/** What is known of each item in the rollout's environment, from all that belongs to the item. */
function evidenceOf(
  { environments, evidence }: Services,
  copy: ChecklistDocument,
  meaning: Meaning,
): ReadonlyMap<string, EvidenceSummary> {
  const environment = environmentFor(environments, copy);
  const { checklist, text } = contentOf(copy);
  if (!environment) return new Map();
  const known = evidence.of(environment, copy);
  return new Map(
    [...nodesOf(checklist.stages)].flatMap((node) => {
      const found = node.kind === 'item' ? rollUp(node, meaning, text, known) : undefined;
      if (!found) return [];
      const { where, atMs } = found.evidence;
      return [[node.id, { verdict: found.verdict, where: `${formatMoment(new Date(atMs))}, ${where}` }] as const];
    }),
  );
}

/** In an open document as one edit that can be undone, in a closed one by writing the file as a whole. */
async function editDocument(uri: vscode.Uri, shown: string, edits: readonly TextEdit[]): Promise<void> {
  const open = openDocumentOf(uri);
  if (open) {
    if (open.getText() !== shown) throw changed(uri);
    const change = new vscode.WorkspaceEdit();
    for (const { offset, length, content } of edits)
      change.replace(uri, new vscode.Range(open.positionAt(offset), open.positionAt(offset + length)), content);
    if (!(await vscode.workspace.applyEdit(change))) throw changed(uri);
    return;
  }
  const [{ readTextFile, replaceFile }, { applyEdits }] = await Promise.all([
    import('../../clients/files.ts'),
    import('../../core/rollout/applyEdits.ts'),
  ]);
  const file = await readTextFile(uri.fsPath, largestChecklistBytes);
  if (file.text !== shown) throw changed(uri);
  await replaceFile(uri.fsPath, file.bytes, new TextEncoder().encode(applyEdits(shown, edits)));
}

function changed(uri: vscode.Uri): OpsError {
  return new OpsError('conflict', `${name(uri)} was changed a moment ago; it was not finished.`, {
    next: 'Look at it and try again.',
  });
}

function name(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}
