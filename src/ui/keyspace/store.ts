import type * as vscode from 'vscode';
import type { KeyspaceAnalysis } from '../../core/keyspace/model.ts';

/** The last keyspace analysis of each environment; its numbers are kept over restarts, the names of big keys are not. */
export class KeyspaceStore {
  readonly #memory: vscode.Memento;
  readonly #made = new Map<string, KeyspaceAnalysis>();

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Made since this window was opened. */
  made(environmentId: string): KeyspaceAnalysis | undefined {
    return this.#made.get(environmentId);
  }

  /** However old it is. */
  last(environmentId: string): KeyspaceAnalysis | undefined {
    return this.#made.get(environmentId) ?? this.#memory.get<KeyspaceAnalysis>(keyOf(environmentId));
  }

  async keep(environmentId: string, analysis: KeyspaceAnalysis): Promise<void> {
    this.#made.set(environmentId, analysis);
    await this.#memory.update(keyOf(environmentId), {
      ...analysis,
      biggest: [],
      isBiggestForgotten: true,
    });
  }
}

function keyOf(id: string): string {
  return `keyspace.last/${id}`;
}
