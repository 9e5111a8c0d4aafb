import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import type { Anchor, Evidence, KeptEvidence } from '../../core/evidence/evidence.ts';
import { keepEvidence, placeEvidence } from '../../core/evidence/place.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { ChecklistReader } from '../run/reader.ts';

const changedKey = (environment: Environment): string => `environment.changedAt/${environment.id}`;
const evidenceKey = (environment: Environment, uri: vscode.Uri): string =>
  `evidence/${environment.id}/${uri.toString()}`;
/** Per document and environment; what has no place any more goes first. */
const mostKept = 5_000;

/** What is known of each document in each environment. Kept beside the workspace, never in the document. */
export class EvidenceStore implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #reader: ChecklistReader;
  readonly #changed = new vscode.EventEmitter<ChecklistDocument>();
  readonly onDidChange = this.#changed.event;
  /** The evidence in its place, as long as the document stays as it is. */
  #placed = new WeakMap<object, Map<string, ReadonlyMap<string, Evidence>>>();

  constructor(memory: vscode.Memento, reader: ChecklistReader) {
    this.#memory = memory;
    this.#reader = reader;
  }

  /** By the id of item, block or command. */
  of(environment: Environment, document: ChecklistDocument): ReadonlyMap<string, Evidence> {
    const { checklist } = document;
    const kept = this.#kept(environment, document);
    if (!checklist || kept.length === 0) return new Map();
    const cached = this.#placed.get(checklist) ?? new Map<string, ReadonlyMap<string, Evidence>>();
    this.#placed.set(checklist, cached);
    const known = cached.get(environment.id);
    if (known) return known;
    const placed = placeEvidence(kept, this.#anchors(document));
    cached.set(environment.id, placed);
    return placed;
  }

  async record(
    environment: Environment,
    document: ChecklistDocument,
    added: ReadonlyMap<string, Evidence>,
  ): Promise<void> {
    const kept = keepEvidence(this.#kept(environment, document), this.#anchors(document), added);
    await this.#memory.update(evidenceKey(environment, document.uri), kept.slice(0, mostKept));
    this.#placed = new WeakMap();
    this.#changed.fire(document);
  }

  /** When something was last changed in the environment from here; wall clock. */
  changedAt(environment: Environment): number | undefined {
    return this.#memory.get<number>(changedKey(environment));
  }

  async noteChange(environment: Environment, atMs: number): Promise<void> {
    await this.#memory.update(changedKey(environment), atMs);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #kept(environment: Environment, { uri }: ChecklistDocument): readonly KeptEvidence[] {
    return this.#memory.get<readonly KeptEvidence[]>(evidenceKey(environment, uri), []);
  }

  #anchors(document: ChecklistDocument): readonly Anchor[] {
    return this.#reader.anchorsOf(document);
  }
}
