import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Outcome } from '../../../src/core/operations/operation.ts';
import type { OperationPorts } from '../../../src/core/operations/ports.ts';
import { outcomeWords } from '../../../src/core/operations/outcomeWords.ts';
import { OperationRunner } from '../../../src/core/operations/runner.ts';
import { journalIn, realPorts } from '../../live/support/journals.ts';
import { hurriedClock } from './hurriedClock.ts';
import { judgeInterrupted, judgeJournal, judgeQuiet, judgeVerdict, judgeWorld } from './judge.ts';
import { isSame, telling } from './moments.ts';
import type { Moment } from './moments.ts';
import type { Everything, Scenario } from './scenario.ts';
import type { ServerName, World } from './world.ts';

/** A real journal and a real lock; a person who says yes. */
export function portsAt(folder: string): OperationPorts {
  return { ...realPorts(folder), clock: hurriedClock };
}

/** Carries one operation out again and again, each time with another fault at another moment. */
export class Drive {
  readonly #scenario: Scenario;
  readonly #world: World;
  #moments: readonly Moment[] = [];
  /** Steps that only look, without the last one. */
  #looking: ReadonlySet<string> = new Set();

  constructor(scenario: Scenario, world: World) {
    this.#scenario = scenario;
    this.#world = world;
  }

  /** Without any fault: it is done, and is seen to be. From it the moments are known. */
  async smoothly(): Promise<void> {
    const before = await this.#begin();
    const moments: Moment[] = [];
    const outcome = await this.#run((moment) => void moments.push(moment));
    assert.ok(outcome.kind === 'ran' && outcome.report.ended === 'completed', JSON.stringify(outcome));
    assert.deepEqual(outcome.verification.verdict, { kind: 'passed' });
    await this.#judge(outcome, before, false);
    assert.ok(
      outcome.plan.steps.every(({ id }) => moments.some(({ step }) => step === id)),
      'every step was seen',
    );
    this.#moments = moments;
    const looking = outcome.plan.steps.slice(0, -1).filter(({ commands }) => commands.length === 0);
    this.#looking = new Set(looking.map(({ id }) => id));
  }

  async cancelled(): Promise<void> {
    const whens: readonly Moment['when'][] = ['begins', 'is under way'];
    // After a step it is what it is before the next one, unless what was done is to be taken back.
    await this.#at(this.#scenario.wholeOrNothing ? [...whens, 'is done'] : whens, async (moment) => {
      const before = await this.#begin();
      const outcome = await this.#run((now, cancel) => (isSame(now, moment) ? cancel() : undefined));
      assert.ok(outcome.kind === 'ran');
      // A step that takes a moment may have come to its end; none is begun after it.
      const last = outcome.plan.steps.at(-1)?.id === moment.step;
      assert.ok(outcome.report.ended === 'cancelled' || (last && outcome.report.ended === 'completed'));
      assert.equal(outcome.report.why, undefined, 'who cancels knows why');
      await this.#judge(outcome, before, false);
      if (isOwn(moment)) await this.#again(before, false);
    });
  }

  async serverKilled(name: ServerName): Promise<void> {
    const { killedAt } = this.#scenario;
    await this.#at(['begins', 'is under way'], async (moment) => {
      if (killedAt?.test(moment.step) === false) return;
      const before = await this.#begin();
      const outcome = await this.#run((now) => (isSame(now, moment) ? this.#world.kill(name) : undefined));
      assert.ok(outcome.kind === 'ran');
      assert.notEqual(outcome.report.ended, 'cancelled');
      await this.#world.mend();
      await this.#judge(outcome, before, true);
      if (isOwn(moment)) await this.#again(before, true);
    });
  }

  /** Once it is confirmed, another server answers in the place of that one. */
  async serverReplaced(name: 'redis' | 'qdrant'): Promise<void> {
    await this.#begin();
    const ports = portsAt(this.#world.place.folder);
    const differences: string[] = [];
    let strangers: Everything = new Map();
    const ask: OperationPorts['ask'] = {
      ...ports.ask,
      confirm: async () => {
        await this.#world.replace(name);
        strangers = await this.#world.everything();
        return {};
      },
      planAgain: (_plan, found) => {
        differences.push(...found);
        return Promise.resolve(false);
      },
    };
    const operation = await this.#scenario.operation(this.#world.place);
    await assert.rejects(new OperationRunner({ ...ports, ask }).run(operation), { code: 'cancelled' });
    assert.match(differences.join(' '), /its (?:run id|process id|replication id) was \w+.*, now it is \w+/);
    assert.deepEqual(await this.#world.everything(), strangers);
    assert.deepEqual((await journalIn(this.#world.place.folder)).entries, []);
    await judgeQuiet(this.#world);
  }

  async editorKilled(): Promise<void> {
    await this.#at(['begins', 'is under way', 'is done'], async (moment, index) => {
      // A later step begins with what came before it written down, and nothing else.
      if (moment.when === 'begins' && index > 0) return;
      // A step that only looks leaves what the one before it has left.
      if (this.#looking.has(moment.step)) return;
      const before = await this.#begin();
      // Meanwhile another window wants the same.
      await this.#untilKilled(moment, async () => {
        if (index === 0) await assert.rejects(this.#run(), { code: 'busy' });
      });
      const done = this.#moments.slice(0, index).filter(({ when }) => when === 'is done');
      await judgeInterrupted(
        this.#world,
        done.map(({ step }) => step),
      );
      await judgeQuiet(this.#world);
      judgeWorld(this.#scenario, before, await this.#world.everything(), true);
      await this.#again(before, true);
    });
  }

  async #at(whens: readonly Moment['when'][], work: (moment: Moment, index: number) => Promise<void>): Promise<void> {
    assert.ok(this.#moments.length > 0, 'it does not work without a fault either');
    for (const [index, moment] of this.#moments.entries()) {
      if (!whens.includes(moment.when)) continue;
      try {
        await work(moment, index);
      } catch (cause) {
        await this.#world.mend();
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`when “${moment.step}” ${moment.when}: ${reason}`, { cause });
      }
    }
  }

  async #begin(): Promise<Everything> {
    await this.#world.forget();
    await this.#scenario.prepare(this.#world);
    return this.#world.everything();
  }

  async #run(tell: Parameters<typeof telling>[1] = () => undefined): Promise<Outcome> {
    const ports = telling(portsAt(this.#world.place.folder), tell);
    return new OperationRunner(ports).run(await this.#scenario.operation(this.#world.place));
  }

  async #judge(outcome: Outcome, before: Everything, isCrash: boolean): Promise<void> {
    const now = await this.#world.everything();
    judgeWorld(this.#scenario, before, now, isCrash);
    await judgeJournal(this.#world, outcome);
    await judgeQuiet(this.#world);
    const reached = this.#scenario.reached(now, before);
    if (outcome.kind === 'ran') judgeVerdict(outcome, reached, isCrash);
    if (this.#scenario.wholeOrNothing) assert.notEqual(reached, 'part', 'a part of it was left');
  }

  /** However far it came: done once more, all is as it was wanted. */
  async #again(before: Everything, isCrash: boolean): Promise<void> {
    await this.#world.forget();
    const outcome = await this.#run();
    const now = await this.#world.everything();
    assert.equal(this.#scenario.reached(now, before), 'all', `done again: ${outcomeWords(outcome)}`);
    judgeWorld(this.#scenario, before, now, isCrash);
    await judgeJournal(this.#world, outcome);
  }

  /** A program of its own plays the editor, halts there and is killed. */
  async #untilKilled(moment: Moment, meanwhile: () => Promise<void>): Promise<void> {
    const { place } = this.#world;
    const script = path.join(import.meta.dirname, 'editor.ts');
    const editor = spawn(
      process.execPath,
      [script, this.#scenario.name, JSON.stringify(place), moment.step, moment.when],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: place.scratch, NODE_COMPILE_CACHE: path.resolve('.sandbox/compile-cache') },
      },
    );
    const halted = once(editor.stdout, 'data');
    const ended = once(editor, 'exit');
    await Promise.race([halted, ended]);
    assert.equal(editor.exitCode, null, 'the editor did not halt there');
    try {
      await meanwhile();
    } finally {
      editor.kill('SIGKILL');
      await ended;
    }
  }
}

/** Where a step begins it is as after the one before it, which is gone on with when the editor is killed there. */
function isOwn({ when }: Moment): boolean {
  return when !== 'begins';
}
