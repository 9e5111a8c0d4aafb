import type * as vscode from 'vscode';
import type { ConsistencyCheck } from '../../core/consistency/model.ts';
import { consistencyReading } from '../../core/consistency/readings.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { ServiceId } from '../../core/health/monitorServices.ts';
import type { Reading } from '../../core/health/reading.ts';

/** The last consistency check of each environment; its numbers are kept over restarts, the examples are not. */
export class ConsistencyStore {
  readonly #memory: vscode.Memento;
  readonly #last = new Map<string, ConsistencyCheck>();

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  of({ id, settings }: Environment): ConsistencyCheck | undefined {
    const known = this.#last.get(id) ?? this.#memory.get<ConsistencyCheck>(keyOf(id));
    return known?.link === settings.link ? known : undefined;
  }

  async keep({ id }: Environment, check: ConsistencyCheck): Promise<void> {
    this.#last.set(id, check);
    const points = check.points.map((one) => ({ ...one, examples: [] }));
    const keys = check.keys.map((one) => ({ ...one, examples: [] }));
    await this.#memory.update(keyOf(id), { ...check, points, keys });
  }

  /** For the tree: below Qdrant, of environments whose points name keys. */
  readingsOf(environment: Environment, service: ServiceId, nowMs: number): readonly Reading[] {
    const { link, redis, limits } = environment.settings;
    if (service !== 'qdrant' || link === undefined || !redis) return [];
    return [consistencyReading(this.of(environment), nowMs, limits?.inconsistent)];
  }
}

function keyOf(id: string): string {
  return `consistency.last/${id}`;
}
