import type { Environment } from '../../core/environment/environment.ts';

/** Something kept for each environment, as long as what it was made of is there. */
export class PerEnvironment<T> {
  #kept = new WeakMap<object, Map<string, T>>();

  get(of: object, environment: Environment, make: () => T): T {
    const known = this.peek(of, environment);
    if (known !== undefined) return known;
    const made = make();
    this.set(of, environment, made);
    return made;
  }

  peek(of: object, { id }: Environment): T | undefined {
    return this.#kept.get(of)?.get(id);
  }

  set(of: object, { id }: Environment, value: T): void {
    const kept = this.#kept.get(of);
    if (kept) kept.set(id, value);
    else this.#kept.set(of, new Map([[id, value]]));
  }

  forget(of: object): void {
    this.#kept.delete(of);
  }

  clear(): void {
    this.#kept = new WeakMap();
  }
}
