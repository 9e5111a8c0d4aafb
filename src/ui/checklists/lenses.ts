import * as vscode from 'vscode';
import { environmentWords } from '../../core/health/present.ts';
import { presentEvidence } from '../../core/evidence/present.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import { commands } from '../ids.ts';
import { environmentFor } from '../rollouts/bound.ts';
import type { ChecklistTreeNode, ChecklistTreeOptions } from './tree.ts';

/** Above each block of shell code in a checklist: run it, verify it, and what is known of it. */
export class ChecklistLenses implements vscode.CodeLensProvider<BlockLens>, vscode.Disposable {
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

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<BlockLens[]> {
    const { store, environments, evidence, reader } = this.#options;
    const document = store.documentAt(uri);
    const meaning = document && (await reader.prepare(document));
    const environment = document && environmentFor(environments, document);
    const { text, checklist } = document ?? {};
    if (!document || !checklist || text === undefined || !meaning || !environment) return [];
    const known = evidence.overviewOf(environment, document).nodes;
    const lenses: BlockLens[] = [];
    for (const node of nodesOf(checklist.stages)) {
      if (node.kind !== 'block') continue;
      const block = meaning.blocks.get(node.id);
      if (!block?.isShell || block.parts.length === 0) continue;
      const target = { kind: 'node' as const, document, text, node };
      lenses.push(new BlockLens('run', target, environment), new BlockLens('verify', target, environment));
      if (known.has(node.id)) lenses.push(new BlockLens('showEvidence', target, environment));
    }
    return lenses;
  }

  /** Only those on the screen are given their words. */
  resolveCodeLens(lens: BlockLens): BlockLens {
    lens.command = { title: this.#titleOf(lens), command: commands[lens.action], arguments: [lens.target] };
    return lens;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #titleOf({ action, target, environment }: BlockLens): string {
    const { environments, evidence } = this.#options;
    if (action === 'run')
      return `$(play) Run in ${environmentWords(environment, environments.folderNameOf(environment))}`;
    if (action === 'verify') return '$(check) Verify';
    const known = evidence.overviewOf(environment, target.document).nodes.get(target.node.id);
    return known ? presentEvidence(known, evidence.changedAt(environment), Date.now()).words : 'not known any more';
  }
}

/** One action above one block. */
class BlockLens extends vscode.CodeLens {
  readonly action: 'run' | 'verify' | 'showEvidence';
  readonly target: ChecklistTreeNode & { readonly kind: 'node' };
  readonly environment: Environment;

  constructor(action: BlockLens['action'], target: BlockLens['target'], environment: Environment) {
    const { line } = target.node.range;
    super(new vscode.Range(line, 0, line, 0));
    this.action = action;
    this.target = target;
    this.environment = environment;
  }
}
