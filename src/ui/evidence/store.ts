import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import type { AnchorIndex } from '../../core/evidence/anchorIndex.ts';
import { carryOver } from '../../core/evidence/carryOver.ts';
import type { Version } from '../../core/evidence/carryOver.ts';
import { following } from '../../core/evidence/evidence.ts';
import type { Evidence, KeptEvidence } from '../../core/evidence/evidence.ts';
import { nothingKnown, overviewOf } from '../../core/evidence/overview.ts';
import type { Overview } from '../../core/evidence/overview.ts';
import { keepEvidence, placeEvidence } from '../../core/evidence/place.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { ChecklistReader } from '../run/reader.ts';
import { PerEnvironment } from './perEnvironment.ts';

const changedKey = (environment: Environment): string => `environment.changedAt/${environment.id}`;
const evidenceKey = (environment: Environment, uri: vscode.Uri): string =>
  `evidence/${environment.id}/${uri.toString()}`;
/** Per document and environment; what has no place any more goes first. */
const mostKept = 5_000;
/** Verdicts come in bursts: written and told together, and soon enough to be seen as they come. */
const settleMs = 80;

/** Verdicts of one version of a document that are not written yet. */
interface Pending {
  readonly environment: Environment;
  readonly document: ChecklistDocument;
  readonly anchors: AnchorIndex;
  readonly added: Map<string, Evidence>;
}

/** What is known of each document in each environment. Kept beside the workspace, never in the document. */
export class EvidenceStore implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #reader: ChecklistReader;
  readonly #changed = new vscode.EventEmitter<ChecklistDocument>();
  readonly onDidChange = this.#changed.event;
  /** The evidence in its place, by checklist: as long as the document stays as it is. */
  readonly #placed = new PerEnvironment<Map<string, Evidence>>();
  readonly #overviews = new PerEnvironment<Overview>();
  /** What was last known of a document, and of which version of it, by document. */
  readonly #last = new PerEnvironment<Version & { readonly overview: Overview }>();
  #pending: Pending[] = [];
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(memory: vscode.Memento, reader: ChecklistReader) {
    this.#memory = memory;
    this.#reader = reader;
  }

  /** By the id of item, block or command. Empty while a document that was changed is being understood. */
  of(environment: Environment, document: ChecklistDocument): ReadonlyMap<string, Evidence> {
    const understood = this.#reader.understoodOf(document);
    if (!understood) return new Map();
    return this.#placed.get(understood.checklist, environment, () =>
      placeEvidence(this.kept(environment, document), understood.plan.anchors),
    );
  }

  /** As rows show it: while a document that was changed is being understood, what was known of what is still there. */
  overviewOf(environment: Environment, document: ChecklistDocument): Overview {
    const { checklist, text } = document;
    if (!checklist || text === undefined) return nothingKnown;
    const plan = this.#reader.understoodOf(document)?.plan;
    const changedAtMs = this.changedAt(environment);
    if (plan) {
      return this.#overviews.get(checklist, environment, () => {
        const overview = overviewOf(checklist, plan, this.of(environment, document), changedAtMs);
        this.#last.set(document, environment, { checklist, text, overview });
        return overview;
      });
    }
    const last = this.#last.peek(document, environment);
    if (!last || last.checklist === checklist) return last?.overview ?? nothingKnown;
    const overview = carryOver(last, { checklist, text }, changedAtMs);
    this.#last.set(document, environment, { checklist, text, overview });
    return overview;
  }

  /** Known at once to `of` where the document is understood; told and written with what else comes in these moments. */
  async record(
    environment: Environment,
    document: ChecklistDocument,
    added: ReadonlyMap<string, Evidence>,
  ): Promise<void> {
    if (!this.#reader.understoodOf(document)) await this.#reader.prepare(document);
    const plan = this.#reader.understoodOf(document)?.plan;
    const { checklist } = document;
    if (!plan || !checklist) return;
    this.of(environment, document);
    const placed = this.#placed.peek(checklist, environment);
    const pending = this.#pendingOf(environment, document, plan.anchors);
    for (const [id, one] of added) {
      const evidence = following(one, placed?.get(id));
      pending.added.set(id, evidence);
      if (plan.anchors.get(id)) placed?.set(id, evidence);
    }
    this.#overviews.forget(checklist);
    await this.#writeSoon();
  }

  /** When something was last changed in the environment from here; wall clock. */
  changedAt(environment: Environment): number | undefined {
    return this.#memory.get<number>(changedKey(environment));
  }

  async noteChange(environment: Environment, atMs: number): Promise<void> {
    await this.#memory.update(changedKey(environment), atMs);
    this.#overviews.clear();
  }

  /** As it is kept, wherever it stands in the document now. */
  kept(environment: Environment, { uri }: ChecklistDocument): readonly KeptEvidence[] {
    return this.#memory.get<readonly KeptEvidence[]>(evidenceKey(environment, uri), []);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    void this.#write();
    this.#changed.dispose();
  }

  #pendingOf(environment: Environment, document: ChecklistDocument, anchors: AnchorIndex): Pending {
    const last = this.#pending.findLast(
      (one) => one.document.uri.toString() === document.uri.toString() && one.environment.id === environment.id,
    );
    if (last?.anchors === anchors) return last;
    const pending = { environment, document, anchors, added: new Map<string, Evidence>() };
    this.#pending.push(pending);
    return pending;
  }

  #writeSoon(): Promise<void> {
    return (this.#writing ??= new Promise((resolve, reject) => {
      this.#timer = setTimeout(() => {
        this.#writing = undefined;
        this.#write().then(resolve, reject);
      }, settleMs);
    }));
  }

  async #write(): Promise<void> {
    const waiting = this.#pending;
    this.#pending = [];
    const writes = waiting.map(({ environment, document, anchors, added }) => {
      const kept = keepEvidence(this.kept(environment, document), anchors, added);
      return this.#memory.update(evidenceKey(environment, document.uri), kept.slice(0, mostKept));
    });
    for (const document of new Set(waiting.map((one) => one.document))) {
      // Another version, shown meanwhile, may know what was recorded for the one before.
      if (document.checklist) this.#forget(document.checklist);
      this.#changed.fire(document);
    }
    await Promise.all(writes);
  }

  #forget(checklist: object): void {
    this.#placed.forget(checklist);
    this.#overviews.forget(checklist);
  }
}
