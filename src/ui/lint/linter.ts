import * as vscode from 'vscode';
import type { LintFinding, LintSeverity } from '../../core/checklist/lint/types.ts';
import type { Meaning } from '../../core/checklist/meaning/types.ts';
import type { ShellParser } from '../../core/shell/types.ts';
import { readRollout } from '../../core/rollout/rollout.ts';
import { openDocumentOf } from '../checklists/document.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { ChecklistStore } from '../checklists/store.ts';
import type { EnvironmentStore } from '../environments/store.ts';
import { settings } from '../ids.ts';
import type { Report } from '../report.ts';
import { LintActions } from './actions.ts';
import { rangesIn } from './positions.ts';
import { runInSlices } from './slices.ts';
import { BlockSyntax } from './syntax.ts';

/** After the last change; typing is not interrupted. */
const settleMs = 400;

export interface LinterOptions {
  readonly checklists: ChecklistStore;
  readonly environments: EnvironmentStore;
  readonly reader: { prepare(document: ChecklistDocument): Promise<Meaning | undefined> };
  /** Loaded with the first block that is parsed. */
  readonly parser: () => Promise<ShellParser>;
  readonly report: Report;
}

/** What was found in a document, and the text it was found in. */
export interface Linted {
  readonly text: string;
  readonly findings: readonly LintFinding[];
}

/** What the findings were made from: while it is the same, so are they. */
interface Basis {
  readonly checklist: ChecklistDocument['checklist'];
  readonly environments: EnvironmentStore['all'];
  readonly rules: string;
}

/**
 * Keeps the findings of the window's checklists in the Problems panel. Nothing is read for it that is not shown
 * anyway, and no other Markdown file is looked at.
 */
export class Linter implements vscode.Disposable {
  readonly #options: LinterOptions;
  readonly #collection = vscode.languages.createDiagnosticCollection('cacheOps.lint');
  readonly #syntax: BlockSyntax;
  readonly #subscription: vscode.Disposable;
  readonly #linted = new Map<string, Linted & { readonly basis: Basis }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** One document at a time. */
  #queue: Promise<void> = Promise.resolve();
  #isDisposed = false;
  #isParserBroken = false;

  constructor(options: LinterOptions) {
    this.#options = options;
    this.#syntax = new BlockSyntax(options.parser);
    const { checklists, environments } = options;
    this.#subscription = vscode.Disposable.from(
      this.#collection,
      new LintActions((uri) => this.#linted.get(uri.toString())),
      checklists.onDidChange((document) => (document ? this.#schedule(document) : this.#scheduleAll())),
      environments.onDidChange(() => this.#scheduleAll()),
      vscode.window.onDidChangeVisibleTextEditors((editors) => this.#scheduleOpen(editors)),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scheduleOpen([textEditor])),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.length > 0)
          for (const document of checklists.documents) if (isShelved(document)) this.#schedule(document);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.lintRules}`)) this.#scheduleAll();
      }),
    );
    this.#timers.set(
      '',
      setTimeout(() => this.#scheduleOpen(vscode.window.visibleTextEditors), settleMs),
    );
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscription.dispose();
  }

  #scheduleAll(): void {
    const { documents } = this.#options.checklists;
    const shown = new Set(documents.map(({ uri }) => uri.toString()));
    for (const key of [...this.#linted.keys()].filter((one) => !shown.has(one))) this.#forget(key);
    for (const document of documents) this.#schedule(document);
  }

  #scheduleOpen(editors: readonly vscode.TextEditor[]): void {
    // Finding the checklists is put off until one may be looked at; the list of them is then told as a change.
    if (editors.some(({ document }) => document.languageId === 'markdown' && document.uri.scheme === 'file'))
      void this.#options.checklists.load();
    const open = new Set(editors.map(({ document }) => document.uri.toString()));
    for (const document of this.#options.checklists.documents)
      if (open.has(document.uri.toString())) this.#schedule(document);
  }

  #schedule(document: ChecklistDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        this.#queue = this.#queue
          .then(() => this.#lint(document))
          .catch((error: unknown) => this.#options.report('Checklist not linted', error));
      }, settleMs),
    );
  }

  async #lint(document: ChecklistDocument): Promise<void> {
    const { reader, checklists } = this.#options;
    const { checklist, text } = document;
    const key = document.uri.toString();
    const isStale = (): boolean => this.#isDisposed || document.checklist !== checklist;
    if (isStale() || !checklists.documents.includes(document)) return;
    const meaning = await reader.prepare(document);
    if (isStale()) return;
    if (!checklist || text === undefined || !meaning || isShelved(document)) return this.#forget(key);
    if (await this.#isNews(document)) await this.#find(document, meaning, isStale);
    if (await this.#learnSyntax(document, meaning, isStale)) await this.#find(document, meaning, isStale);
  }

  /** A parser that does not work is told once, and then done without. */
  async #learnSyntax(document: ChecklistDocument, meaning: Meaning, isStale: () => boolean): Promise<boolean> {
    if (this.#isParserBroken) return false;
    try {
      return await this.#syntax.learn(document, meaning, isStale);
    } catch (error) {
      this.#isParserBroken = true;
      this.#options.report('Shell syntax not checked', error);
      return false;
    }
  }

  /** A document that was only scrolled needs no second look. */
  async #isNews(document: ChecklistDocument): Promise<boolean> {
    const before = this.#linted.get(document.uri.toString())?.basis;
    const now = await this.#basisOf(document);
    return (
      !before ||
      before.checklist !== now.checklist ||
      before.environments !== now.environments ||
      before.rules !== now.rules
    );
  }

  async #basisOf({ checklist, uri }: ChecklistDocument): Promise<Basis> {
    const { severitiesFor } = await import('./settings.ts');
    return { checklist, environments: this.#options.environments.all, rules: JSON.stringify(severitiesFor(uri)) };
  }

  async #find(document: ChecklistDocument, meaning: Meaning, isStale: () => boolean): Promise<void> {
    const { checklist, text, uri } = document;
    if (!checklist || text === undefined) return;
    const [{ lintInSlices }, { severitiesFor }, basis] = await Promise.all([
      import('../../core/checklist/lint/lintChecklist.ts'),
      import('./settings.ts'),
      this.#basisOf(document),
    ]);
    const context = { text, environments: basis.environments, severities: severitiesFor(uri) };
    const steps = lintInSlices(checklist, meaning, this.#syntax.of(document, meaning), context);
    const findings = await runInSlices(steps, isStale);
    if (findings === undefined || isStale()) return;
    this.#linted.set(uri.toString(), { text, findings, basis });
    const rangeOf = rangesIn(text);
    this.#collection.set(
      uri,
      findings.map((finding) => diagnosticOf(finding, rangeOf(finding.range))),
    );
  }

  #forget(key: string): void {
    this.#linted.delete(key);
    this.#collection.delete(vscode.Uri.parse(key));
  }
}

/** A rollout says what its template says: it is linted while somebody has it open, not all the rollouts there ever were. */
function isShelved({ uri, text }: ChecklistDocument): boolean {
  return text !== undefined && readRollout(text) !== undefined && !openDocumentOf(uri);
}

const severities: Readonly<Record<LintSeverity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

function diagnosticOf({ message, severity, rule }: LintFinding, range: vscode.Range): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
  diagnostic.source = 'Cache Ops';
  diagnostic.code = rule;
  return diagnostic;
}
