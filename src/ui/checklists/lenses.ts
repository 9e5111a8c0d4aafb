import * as vscode from 'vscode';
import { environmentWords } from '../../core/health/present.ts';
import { presentEvidence } from '../../core/evidence/present.ts';
import { rollUp } from '../../core/evidence/rollUp.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import { commands } from '../ids.ts';
import { environmentFor } from '../rollouts/bound.ts';
import type { ChecklistTreeOptions } from './tree.ts';

/** Above each block of shell code in a checklist: run it, verify it, and what is known of it. */
export class ChecklistLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #options: ChecklistTreeOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(options: ChecklistTreeOptions) {
    this.#options = options;
    const again = (): void => this.#changed.fire();
    this.#subscription = vscode.Disposable.from(
      this.#changed,
      options.store.onDidChange(again),
      options.evidence.onDidChange(again),
      options.environments.onDidChange(again),
      vscode.languages.registerCodeLensProvider({ language: 'markdown', scheme: 'file' }, this),
    );
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { store, environments, evidence, reader } = this.#options;
    const document = store.documentAt(uri);
    const environment = document && environmentFor(environments, document);
    if (!document?.checklist || document.text === undefined || !environment) return [];
    await reader.load();
    const meaning = reader.meaningOf(document);
    if (!meaning) return [];
    const known = evidence.of(environment, document);
    const where = environmentWords(environment, environments.folderNameOf(environment));
    const lenses: vscode.CodeLens[] = [];
    for (const node of nodesOf(document.checklist.stages)) {
      if (node.kind !== 'block') continue;
      const block = meaning.blocks.get(node.id);
      if (!block?.isShell || block.parts.length === 0) continue;
      const range = new vscode.Range(node.range.line, 0, node.range.line, 0);
      const target = { kind: 'node' as const, document, text: document.text, node };
      const rolled = rollUp(node, meaning, document.text, known)?.evidence;
      const words = rolled && presentEvidence(rolled, evidence.changedAt(environment), Date.now()).words;
      lenses.push(
        new vscode.CodeLens(range, { title: `$(play) Run in ${where}`, command: commands.run, arguments: [target] }),
        new vscode.CodeLens(range, { title: '$(check) Verify', command: commands.verify, arguments: [target] }),
      );
      if (words !== undefined)
        lenses.push(new vscode.CodeLens(range, { title: words, command: commands.showEvidence, arguments: [target] }));
    }
    return lenses;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
