import * as vscode from 'vscode';
import { environmentWords } from '../../core/health/present.ts';
import { presentEvidence } from '../../core/evidence/present.ts';
import type { Checklist, ChecklistNode } from '../../core/checklist/model.ts';
import type { NamedOperation, NamingNode } from '../../core/checklist/namedOperations.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { nodesOf } from '../../core/checklist/walk.ts';
import { commands } from '../ids.ts';
import { environmentFor } from '../rollouts/bound.ts';
import type { ChecklistTreeNode, ChecklistTreeOptions } from './tree.ts';

/**
 * Above each block of shell code in a checklist: run it, verify it, and what is known of it. Above whatever names an
 * operation, such as a flag with its value: that operation, planned and confirmed.
 */
export class ChecklistLenses implements vscode.CodeLensProvider<BlockLens | OperationLens>, vscode.Disposable {
  readonly #options: ChecklistTreeOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  /** Lenses are asked for much more often than what they are made from changes. */
  readonly #known = new WeakMap<Checklist, { readonly for: Environment; readonly named: readonly NamingNode[] }>();

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

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<(BlockLens | OperationLens)[]> {
    const { store, environments, evidence, reader } = this.#options;
    const document = store.documentAt(uri);
    const meaning = document && (await reader.prepare(document));
    const environment = document && environmentFor(environments, document);
    const { text, checklist } = document ?? {};
    if (!document || !checklist || text === undefined || !meaning || !environment) return [];
    const known = evidence.overviewOf(environment, document).nodes;
    const lenses: (BlockLens | OperationLens)[] = [];
    for (const node of nodesOf(checklist.stages)) {
      if (node.kind !== 'block') continue;
      const block = meaning.blocks.get(node.id);
      if (!block?.isShell || block.parts.length === 0) continue;
      const target = { kind: 'node' as const, document, text, node };
      lenses.push(new BlockLens('run', target, environment), new BlockLens('verify', target, environment));
      if (known.has(node.id)) lenses.push(new BlockLens('showEvidence', target, environment));
    }
    const where = environmentWords(environment, environments.folderNameOf(environment));
    for (const { node, operations } of await this.#named(checklist, text, environment)) {
      lenses.push(...operations.map((one) => new OperationLens(node, one, environment, where)));
    }
    return lenses;
  }

  /** Only those on the screen are given their words. */
  resolveCodeLens(lens: BlockLens | OperationLens): BlockLens | OperationLens {
    if (lens instanceof BlockLens)
      lens.command = { title: this.#titleOf(lens), command: commands[lens.action], arguments: [lens.target] };
    return lens;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #named(checklist: Checklist, text: string, environment: Environment): Promise<readonly NamingNode[]> {
    const known = this.#known.get(checklist);
    if (known?.for === environment) return known.named;
    const { namedOperations } = await import('../../core/checklist/namedOperations.ts');
    const named = namedOperations(checklist, text, environment.settings);
    this.#known.set(checklist, { for: environment, named });
    return named;
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
    super(rangeOf(target.node));
    this.action = action;
    this.target = target;
    this.environment = environment;
  }
}

/** What a step says, as an operation of ours. */
class OperationLens extends vscode.CodeLens {
  constructor(node: ChecklistNode, operation: NamedOperation, environment: Environment, where: string) {
    const { title, command } = words[operation.kind];
    const isFlag = operation.kind === 'setFlag';
    const flag = isFlag ? { flag: operation.flag, value: operation.value } : {};
    super(rangeOf(node), {
      title: isFlag
        ? `${title} ${operation.flag}${operation.value === undefined ? '' : ` to ${operation.value}`}…`
        : title,
      tooltip: `In ${where}: planned, confirmed, verified and recorded`,
      command,
      arguments: [{ kind: 'environment', environment, ...flag }],
    });
  }
}

const words: Readonly<Record<NamedOperation['kind'], { readonly title: string; readonly command: string }>> = {
  setFlag: { title: '$(settings) Set', command: commands.setFlag },
  flush: { title: '$(trash) Flush…', command: commands.flush },
  backUp: { title: '$(archive) Back Up…', command: commands.backUp },
  rollBack: { title: '$(discard) Roll Back…', command: commands.rollBack },
};

function rangeOf({ range: { line } }: ChecklistNode): vscode.Range {
  return new vscode.Range(line, 0, line, 0);
}
