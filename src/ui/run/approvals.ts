import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';

const approvedKey = (environment: Environment): string => `run.approved/${environment.id}`;
const optionKey = (environment: Environment, uri: vscode.Uri): string =>
  `run.options/${environment.id}/${uri.toString()}`;
const mostApproved = 2_000;

/** What a person has decided for an environment: unknown commands that were approved once, commands of tunnels, and
 * options of choices. */
export class Approvals {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  isApproved(environment: Environment, code: string): boolean {
    return this.#memory.get<readonly string[]>(approvedKey(environment), []).includes(hashOf(code));
  }

  async approve(environment: Environment, codes: readonly string[]): Promise<void> {
    if (codes.length === 0) return;
    const known = this.#memory.get<readonly string[]>(approvedKey(environment), []);
    await this.#memory.update(
      approvedKey(environment),
      [...new Set([...known, ...codes.map(hashOf)])].slice(-mostApproved),
    );
  }

  isTunnelAllowed(environment: Environment, command: readonly string[]): boolean {
    return this.isApproved(environment, tunnelCode(command));
  }

  async allowTunnel(environment: Environment, command: readonly string[]): Promise<void> {
    await this.approve(environment, [tunnelCode(command)]);
  }

  lastOption(environment: Environment, uri: vscode.Uri, choice: string): string | undefined {
    return this.#memory.get<Readonly<Record<string, string>>>(optionKey(environment, uri), {})[choice];
  }

  async rememberOption(environment: Environment, uri: vscode.Uri, choice: string, option: string): Promise<void> {
    const known = this.#memory.get<Readonly<Record<string, string>>>(optionKey(environment, uri), {});
    await this.#memory.update(optionKey(environment, uri), { ...known, [choice]: option });
  }
}

/** No line of a checklist reads like this, so that neither approval stands for the other. */
function tunnelCode(command: readonly string[]): string {
  return `tunnel ${JSON.stringify(command)}`;
}

/** Of the code, which may hold what nobody should find in the editor's state. */
function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
