import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import type { SecretReference, SecretVault } from '../../core/environment/references.ts';
import { approvalKey, secretKey, secretKeyPrefix } from '../../core/environment/references.ts';

const knownKey = 'secrets.known';
const approvedKey = 'secrets.approvedVariables';

/**
 * Secrets in the editor's secret storage, each under a key that names environment, field and host, and the approvals
 * of environment variables. The storage cannot list its keys, so their names (never values) are remembered beside it.
 */
export class Secrets implements SecretVault, vscode.Disposable {
  readonly #storage: vscode.SecretStorage;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<string>();
  /** The id of the environment whose secrets or approvals changed. */
  readonly onDidChange = this.#changed.event;

  constructor(storage: vscode.SecretStorage, memory: vscode.Memento) {
    this.#storage = storage;
    this.#memory = memory;
  }

  async stored(key: string): Promise<string | undefined> {
    return this.#storage.get(key);
  }

  variable(name: string): string | undefined {
    return process.env[name];
  }

  isApproved(key: string): boolean {
    return this.#memory.get<readonly string[]>(approvedKey, []).includes(key);
  }

  async store(
    environment: Environment,
    reference: Pick<SecretReference, 'field' | 'host'>,
    value: string,
  ): Promise<void> {
    const key = secretKey(environment, reference);
    await this.#storage.store(key, value);
    await this.#memory.update(knownKey, [...new Set([...this.#known(), key])]);
    this.#changed.fire(environment.id);
  }

  async approve(environment: Environment, reference: SecretReference): Promise<void> {
    const approved = this.#memory.get<readonly string[]>(approvedKey, []);
    await this.#memory.update(approvedKey, [...new Set([...approved, approvalKey(environment, reference)])]);
    this.#changed.fire(environment.id);
  }

  /** Forgets what belongs to one environment, whatever host it was given for; returns how many secrets that were. */
  async forget(environment: Environment): Promise<number> {
    const prefix = secretKeyPrefix(environment);
    const gone = this.#known().filter((key) => key.startsWith(prefix));
    await Promise.all(gone.map((key) => this.#storage.delete(key)));
    await this.#memory.update(
      knownKey,
      this.#known().filter((key) => !key.startsWith(prefix)),
    );
    const approved = this.#memory.get<readonly string[]>(approvedKey, []);
    await this.#memory.update(
      approvedKey,
      approved.filter((key) => !key.startsWith(prefix)),
    );
    this.#changed.fire(environment.id);
    return gone.length;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #known(): readonly string[] {
    return this.#memory.get<readonly string[]>(knownKey, []);
  }
}
