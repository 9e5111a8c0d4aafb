import * as vscode from 'vscode';
import { presentGroup } from '../../core/checklist/groups.ts';
import type { CommandBlock } from '../../core/checklist/model.ts';
import { presentDocument, presentNode } from '../../core/checklist/present.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { AnchoredCommand } from '../../core/evidence/anchors.ts';
import { commandsMovedTo, commandsOfBlock } from '../../core/evidence/anchors.ts';
import type { Evidence } from '../../core/evidence/evidence.ts';
import { isSameOverview, nothingKnown, tallyOf } from '../../core/evidence/overview.ts';
import type { Overview } from '../../core/evidence/overview.ts';
import { presentCommand, withEvidence, withTally } from '../../core/evidence/rows.ts';
import type { Row } from '../../core/row.ts';
import { commands } from '../ids.ts';
import { environmentFor } from '../rollouts/bound.ts';
import { toTreeItem } from '../treeItem.ts';
import type { ChecklistDocument } from './document.ts';
import type { ChecklistTreeNode, ChecklistTreeOptions } from './tree.ts';

type Element<K extends ChecklistTreeNode['kind']> = ChecklistTreeNode & { readonly kind: K };

/** What rows were drawn up from: while it says the same, they need not be drawn up again. */
interface Shown {
  readonly overview: Overview;
  /** There was a block whose commands were not known yet. */
  readonly isIncomplete: boolean;
}

/** Draws up the rows of the Checklists view: structure, and what is known in the document's environment. */
export class ChecklistRows {
  readonly #options: ChecklistTreeOptions;
  readonly #shown = new WeakMap<ChecklistDocument, Shown>();

  constructor(options: ChecklistTreeOptions) {
    this.#options = options;
  }

  /** Without its tooltip, which is worked out when it is wanted: there may be thousands of rows. */
  itemOf(element: ChecklistTreeNode): vscode.TreeItem {
    if (element.kind === 'document') return this.#documentItem(element.document);
    const item = this.#itemBelow(element);
    item.command = { command: commands.openChecklistNode, title: 'Go to Line', arguments: [element] };
    delete item.tooltip;
    // The label is what a screen reader says anyway.
    if (item.description === undefined && item.accessibilityInformation?.label === item.label)
      delete item.accessibilityInformation;
    return item;
  }

  /** The same row with its tooltip. */
  resolve(item: vscode.TreeItem, element: ChecklistTreeNode): vscode.TreeItem {
    if (element.kind === 'document') return item;
    item.tooltip = this.#itemBelow(element).tooltip;
    return item;
  }

  /** Of a block of shell code; none where it was changed and is not understood yet. */
  commandsOf({ document, text, node }: Element<'node'>): readonly AnchoredCommand[] {
    return node.kind === 'block' ? (this.#shellOf(document, text, node) ?? []) : [];
  }

  /** Whether rows of a document that has just been understood would say something else than they do. */
  hasChanged(document: ChecklistDocument): boolean {
    const shown = this.#shown.get(document);
    return !shown || shown.isIncomplete || !isSameOverview(shown.overview, this.#known(document).overview);
  }

  #note(document: ChecklistDocument, shown: Partial<Shown>): void {
    const isNew = this.#options.reader.understoodOf(document) !== undefined;
    const before = this.#shown.get(document);
    const isIncomplete = shown.isIncomplete ?? (!isNew && before?.isIncomplete === true);
    this.#shown.set(document, { overview: shown.overview ?? before?.overview ?? nothingKnown, isIncomplete });
  }

  #itemBelow(element: Exclude<ChecklistTreeNode, { kind: 'document' }>): vscode.TreeItem {
    if (element.kind === 'command') return this.#commandItem(element);
    return element.kind === 'group' ? this.#groupItem(element) : this.#nodeItem(element);
  }

  #documentItem(document: ChecklistDocument): vscode.TreeItem {
    const { checklist, problem, uri, added } = document;
    const path = vscode.workspace.asRelativePath(uri);
    const row = presentDocument({ id: uri.toString(), path, checklist, problem, added });
    const item = toTreeItem(row);
    item.resourceUri = uri;
    item.iconPath = new vscode.ThemeIcon(row.icon?.name ?? 'checklist');
    if (this.#options.store.documents.length === 1 && checklist)
      item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  #groupItem({ document, node }: Element<'group'>): vscode.TreeItem {
    const { overview, changedAtMs } = this.#known(document);
    const row = withTally(presentGroup(node), tallyOf(node.children, overview, changedAtMs));
    return toTreeItem({ ...row, id: `${document.uri.toString()}#${row.id}` });
  }

  #nodeItem({ document, text, node }: Element<'node'>): vscode.TreeItem {
    const known = this.#known(document);
    const row = presentNode(node);
    const named = { ...row, id: `${document.uri.toString()}#${row.id}` };
    const shown =
      node.kind === 'stage'
        ? withTally(named, known.overview.tallies.get(node.id))
        : withKnown(named, known, known.overview.nodes.get(node.id));
    const runs = node.kind === 'block' && this.#shellOf(document, text, node) !== undefined;
    const item = toTreeItem(runs && shown.expandable === 'no' ? { ...shown, expandable: 'collapsed' } : shown);
    if (row.checkbox) {
      item.checkboxState = {
        state: row.checkbox.checked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
        tooltip: row.checkbox.tooltip,
        accessibilityInformation: { label: row.checkbox.spoken },
      };
    }
    return item;
  }

  /** The commands of a block; undefined of one that is no shell code, or not known to be. */
  #shellOf(document: ChecklistDocument, text: string, block: CommandBlock): readonly AnchoredCommand[] | undefined {
    const understood = this.#options.reader.lastOf(document);
    const meaning = understood?.meaning.blocks.get(block.id);
    if (understood?.text === text) return meaning?.isShell === true ? commandsOfBlock(meaning, text) : undefined;
    const moved = understood && commandsMovedTo(block, text, understood);
    if (!moved) this.#note(document, { isIncomplete: true });
    return meaning?.isShell === true ? moved : undefined;
  }

  #commandItem({ document, command }: Element<'command'>): vscode.TreeItem {
    const { id, content } = command.anchor;
    const known = this.#known(document);
    const row = presentCommand(`${document.uri.toString()}#${id}`, content, command.part.title);
    return toTreeItem(withKnown(row, known, known.overview.evidence.get(id)));
  }

  /** What is known in the environment the document is about. */
  #known(document: ChecklistDocument): Known {
    const { environments, evidence } = this.#options;
    const environment = environmentFor(environments, document);
    const overview = environment ? evidence.overviewOf(environment, document) : nothingKnown;
    this.#note(document, { overview });
    return { environment, overview, changedAtMs: environment && evidence.changedAt(environment) };
  }
}

interface Known {
  readonly environment: Environment | undefined;
  readonly overview: Overview;
  readonly changedAtMs: number | undefined;
}

function withKnown(row: Row, { changedAtMs }: Known, evidence: Evidence | undefined): Row {
  return evidence ? withEvidence(row, evidence, changedAtMs, Date.now()) : row;
}
