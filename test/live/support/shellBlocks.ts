import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BlockRequest } from '../../../src/clients/shell/request.ts';
import { runBlock } from '../../../src/clients/shell/runBlock.ts';
import type { BlockEvent, BlockResult, StatementResult } from '../../../src/core/run/model.ts';

export const never = new AbortController().signal;

/** Statements named s1, s2, …, in an empty folder of their own. */
export class Shell {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Shell> {
    return new Shell(await mkdtemp(path.join(tmpdir(), 'cache-ops-test-')));
  }

  run(
    texts: readonly string[],
    more: Partial<BlockRequest> & {
      readonly signal?: AbortSignal;
      readonly onEvent?: (event: BlockEvent) => void;
    } = {},
  ): Promise<BlockResult> {
    const { signal = never, onEvent = () => undefined, ...request } = more;
    return runBlock(
      {
        statements: texts.map((text, index) => ({ id: `s${index + 1}`, text })),
        cwd: this.folder,
        environment: {},
        secrets: [],
        state: undefined,
        timeLimitMs: 15_000,
        stopOnFailure: false,
        bash: undefined,
        ...request,
      },
      onEvent,
      signal,
    );
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

type Ran = Exclude<StatementResult, { kind: 'notRun' }>;

/** The result of the statement with that number, counted from 1, which must have begun. */
export function ran({ statements }: BlockResult, number: number): Ran {
  const result = statements[number - 1];
  assert.ok(result !== undefined && result.kind !== 'notRun', `statement ${number} was not run`);
  return result;
}

/** `[exit code, stdout, stderr]` of each; the word where there is no exit code. */
export function summary({ statements }: BlockResult): readonly (readonly [number | string, string?, string?])[] {
  return statements.map((one) =>
    one.kind === 'notRun'
      ? [one.kind]
      : [one.kind === 'finished' ? one.exitCode : one.kind, one.stdout.head, one.stderr.head],
  );
}

export function stdoutOf(result: BlockResult): readonly string[] {
  return result.statements.map((one) => (one.kind === 'notRun' ? one.kind : one.stdout.head));
}

/** Whether a process runs; one that is dead but not yet buried does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
