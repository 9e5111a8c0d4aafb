import { userInfo } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { GitFacts } from '../../clients/git.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { formatMoment, readRollout } from '../../core/rollout/rollout.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import type { Services } from '../../services.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { Command } from '../commands/command.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { chooseChecklist, contentOf, folderOf } from './chooseChecklist.ts';
import { rolloutsFolderOf } from './store.ts';

/** Copies a checklist for one environment: dated, bound to it, no box ticked. Takes the row of a document. */
export const startRollout: Command = {
  name: 'Start Rollout',
  async run(services, argument) {
    const template = await chooseChecklist(services.checklists, argument, 'Start Rollout', isTemplate);
    if (!template) return;
    if (!isTemplate(template)) {
      throw new OpsError('conflict', `${name(template.uri)} is a rollout already, and nothing was copied.`, {
        next: 'Start one from the checklist it was made from.',
      });
    }
    const title = `Start Rollout: ${template.checklist?.title || name(template.uri)}`;
    const environment = await pickEnvironment(services.environments, undefined, title);
    if (environment) await copyFor(services, template, environment);
  },
};

function isTemplate({ checklist, text }: ChecklistDocument): boolean {
  return checklist !== undefined && text !== undefined && !readRollout(text);
}

async function copyFor(services: Services, template: ChecklistDocument, environment: Environment): Promise<void> {
  const folder = folderOf(template);
  await services.reader.prepare(template);
  const [facts, { rolloutFileName, rolloutText }, { writeNewFile }] = await Promise.all([
    gitFactsOf(path.dirname(template.uri.fsPath)),
    import('../../core/rollout/startRollout.ts'),
    import('../../clients/newFile.ts'),
  ]);
  const { text, checklist } = contentOf(template);
  const meaning = services.reader.meaningOf(template);
  if (!meaning) throw new OpsError('file', `${name(template.uri)} cannot be read as a checklist.`);
  const rollout = rolloutOf(path.posix.relative(folder.uri.path, template.uri.path), environment, facts);
  const wanted = vscode.Uri.joinPath(rolloutsFolderOf(folder), rolloutFileName(rollout));
  const written = vscode.Uri.file(
    await writeNewFile(wanted.fsPath, rolloutText({ text, checklist, meaning }, rollout)),
  );
  await services.checklists.refresh();
  if (!services.checklists.documents.some(({ uri }) => uri.toString() === written.toString()))
    await services.checklists.add(written);
  await services.rollouts.refresh();
  await vscode.window.showTextDocument(written, { preview: false });
  const without = facts.kind === 'none' ? ` No commit was noted: ${facts.why}.` : '';
  void vscode.window.showInformationMessage(
    `Rollout to ${environment.name} (${environment.tier}) started in ${name(written)}.${without}`,
  );
}

/** Settings of a repository can make git start programs: none is asked where the workspace is not trusted. */
async function gitFactsOf(directory: string): Promise<GitFacts> {
  if (!vscode.workspace.isTrusted) return { kind: 'none', why: 'the workspace is not trusted' };
  const { readGitFacts } = await import('../../clients/git.ts');
  return readGitFacts(directory);
}

function rolloutOf(checklist: string, environment: Environment, facts: GitFacts): Rollout {
  const git = facts.kind === 'repository' ? facts : undefined;
  return {
    checklist,
    environment: environment.name,
    tier: environment.tier,
    commit: git?.commit === undefined ? undefined : `${git.commit}${git.isDirty ? '+' : ''}`,
    branch: git?.branch,
    who: git?.user ?? userInfo().username,
    started: formatMoment(new Date()),
    finished: undefined,
    outcome: 'In Progress',
  };
}

function name(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}
