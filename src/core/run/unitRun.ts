import type { CommandOutput, OutputDifference } from '../checklist/meaning/expectations/types.ts';
import type { Choice, ManualStep, Step } from '../checklist/meaning/types.ts';
import { verdictOfAll } from '../evidence/present.ts';
import { confirmationFor, worstEffect } from '../policy/confirmation.ts';
import { classifyDanger } from '../shell/danger/classify.ts';
import type { PlaceholderValue } from '../shell/types.ts';
import type { Verdict } from '../verdict.ts';
import { stepOfCommand } from './changePlan.ts';
import type { ChangeEntry, CommandToConfirm, Ran, RunContext, RunHost, RunSummary } from './host.ts';
import { judgeCommand, outputOf } from './judgeCommand.ts';
import type { ShellState, StatementResult } from './model.ts';
import type { Prepared } from './prepareUnits.ts';
import { askChoices, placeholdersOf, prepareUnits, Stopped } from './prepareUnits.ts';
import { placesReached } from './reach.ts';
import type { CommandStep, Segment } from './segments.ts';
import { codeToRun, segmentsOf } from './segments.ts';
import type { Unit } from './units.ts';

/**
 * Runs units in order, each block in one shell whose state passes on to the next. Asks once for what is to be chosen and
 * filled in, confirms by the policy what changes something, stops at a failure until somebody says how to go on, and
 * records evidence for every command. Throws OpsError only for what kept everything, or the rest, from being begun.
 */
export class UnitRun {
  readonly #context: RunContext;
  readonly #host: RunHost;
  readonly #signal: AbortSignal;
  /** The last result of each thing done, however often it was tried. */
  readonly #results = new Map<string, Result>();
  #values: ReadonlyMap<string, PlaceholderValue> = new Map();
  /** What each command brought the last time in this run: "the second should be faster" compares with it. */
  readonly #outputs = new Map<string, CommandOutput>();
  #state: ShellState | undefined;
  /** Where the unit under way is written down, if it changes something. */
  #change: ChangeEntry | undefined;
  /** Given for the unit under way. */
  #reason: string | undefined;

  constructor(context: RunContext, host: RunHost, signal: AbortSignal) {
    this.#context = context;
    this.#host = host;
    this.#signal = signal;
  }

  async run(units: readonly Unit[], choices: readonly Choice[]): Promise<RunSummary> {
    let stopped: string | undefined;
    try {
      const chosen = await askChoices(choices, this.#host);
      const prepared = await prepareUnits(units, chosen, this.#context, this.#host);
      await this.#fill(prepared);
      for (const one of prepared) await this.#runUnit(one);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = error.message;
    }
    const results = [...this.#results];
    const count = (kind: Verdict['kind']): number => results.filter(([, { verdict }]) => verdict.kind === kind).length;
    return {
      passed: count('passed'),
      failed: count('failed'),
      inconclusive: count('inconclusive'),
      notRun: count('notRun'),
      stopped,
      steps: results.map(([id, { title, verdict, durationMs }]) => stepOfCommand({ id, title }, verdict, durationMs)),
    };
  }

  async #fill(prepared: readonly Prepared[]): Promise<void> {
    const placeholders = placeholdersOf(prepared);
    if (placeholders.length === 0) return;
    const values = await this.#host.fill(placeholders);
    if (!values) throw new Stopped('Not everything was filled in.');
    this.#values = values;
  }

  async #runUnit(prepared: Prepared): Promise<void> {
    const segments = segmentsOf(await this.#withoutCostly(prepared));
    this.#reason = undefined;
    this.#change = await this.#confirm(prepared, segments);
    let stopped: string | undefined;
    try {
      for (const segment of segments) {
        if (this.#signal.aborted) throw new Stopped('Cancelled.');
        await this.#runSegment(prepared, segment);
        // What follows is meant for another place.
        if (segment.kind === 'handOver') return;
      }
    } catch (error) {
      stopped = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      await this.#change?.end(stopped);
    }
  }

  /** What costs much is asked about before anything of the unit is run. */
  async #withoutCostly(prepared: Prepared): Promise<readonly Step[]> {
    const wanted: Step[] = [];
    for (const step of prepared.steps) {
      const costly = step.kind === 'command' ? classifyDanger(step.statement).costly : undefined;
      const answer =
        costly && step.kind === 'command' ? await this.#host.beforeCostly(this.#render(step), costly) : 'run';
      if (answer === 'stop') throw new Stopped('Stopped before a costly command.');
      if (answer === 'run') wanted.push(step);
      else if (step.kind === 'command') {
        const verdict = { kind: 'notRun', why: 'it costs much, and was left out' } as const;
        this.#results.set(prepared.idAt(step.range.start), { title: markdownTitle(step), verdict });
      }
    }
    return wanted;
  }

  async #runSegment(prepared: Prepared, segment: Segment): Promise<void> {
    switch (segment.kind) {
      case 'commands':
        return this.#runCommands(prepared, segment.steps);
      case 'terminal':
        return this.#runInTerminal(prepared, segment.step);
      case 'manual':
        return this.#doByHand(segment);
      case 'handOver':
        this.#results.set(`handOver ${segment.range.start}`, {
          title: `What is meant for ${segment.to}`,
          verdict: { kind: 'notRun', why: 'it was handed over' },
        });
        return this.#host.handOver(segment);
    }
  }

  async #doByHand(step: ManualStep): Promise<void> {
    const answer = await this.#host.doByHand(step);
    if (answer === 'stop') throw new Stopped(`Stopped at a step to be done by hand: ${step.text}`);
    const verdict: Verdict = answer === 'done' ? { kind: 'passed' } : { kind: 'notRun', why: 'it was skipped' };
    this.#results.set(`manual ${step.range.start}`, { title: `By hand: ${step.text}`, verdict });
  }

  async #runInTerminal(prepared: Prepared, step: CommandStep): Promise<void> {
    await this.#host.openInTerminal(titleOf(step), this.#render(step));
    if (step.danger.class !== 'readOnly') this.#host.noteChange();
    const verdict: Verdict = {
      kind: 'inconclusive',
      why: 'it runs in a terminal of its own, and nobody waits for it',
    };
    this.#record(prepared, step, verdict);
    if (step.danger.class !== 'readOnly') await this.#change?.ran(step.range.start, verdict, undefined);
  }

  /** Undefined where nothing is changed. */
  async #confirm({ unit }: Prepared, segments: readonly Segment[]): Promise<ChangeEntry | undefined> {
    const changing = commandsIn(segments).filter(({ danger }) => danger.class !== 'readOnly');
    const commands = await Promise.all(changing.map((step) => this.#toConfirm(step)));
    const { environment } = this.#context;
    const confirmation = confirmationFor(environment, worstEffect(commands.map(({ effect }) => effect)));
    const title = unit.kind === 'block' ? unit.block.summary : unit.item.text;
    if (commands.length === 0) return undefined;
    if (confirmation === 'none') return this.#host.beginChange(title, commands, undefined);
    if (confirmation === 'refused')
      throw new Stopped(
        `${environment.name} is read-only, and this would change something: ${commands[0]?.code ?? ''}`,
      );
    const reason = await this.#host.confirm({ title, environment, confirmation, commands });
    if (reason === undefined) throw new Stopped('Not confirmed; nothing of it was run.');
    this.#reason = reason === '' ? undefined : reason;
    return this.#host.beginChange(title, commands, this.#reason);
  }

  /** What was approved before counts as a change like others. */
  async #toConfirm(step: CommandStep): Promise<CommandToConfirm> {
    const code = this.#render(step);
    const { class: found, why } = step.danger;
    const effect = found === 'unknown' && (await this.#host.isApproved(code)) ? 'changing' : found;
    const reaches = placesReached(step.statement.tree, this.#context.variables);
    return { at: step.range.start, code, effect, why, reaches };
  }

  #render(step: Pick<CommandStep, 'statement' | 'expectations'>): string {
    return codeToRun(step, this.#values);
  }

  /** Until all are done: a failure is asked about, and the rest goes on from the same shell state. */
  async #runCommands(prepared: Prepared, steps: readonly CommandStep[]): Promise<void> {
    let rest = steps;
    while (rest.length > 0) {
      const { finished, failure } = await this.#runOnce(prepared, rest);
      if (this.#signal.aborted) throw new Stopped('Cancelled.');
      if (!failure) return;
      const answer = await this.#host.afterFailure(failure.ran);
      const step = rest[failure.at];
      if (answer.kind === 'stop' || !step) throw new Stopped(`Stopped after a failure: ${failure.ran.title}`);
      if (answer.kind === 'retry') {
        rest = rest.slice(failure.at);
        continue;
      }
      this.#record(prepared, step, failure.ran.verdict, { override: answer.reason });
      // What came after it in the same shell may have run already.
      rest = rest.slice(Math.max(failure.at + 1, finished));
    }
  }

  async #runOnce(
    prepared: Prepared,
    steps: readonly CommandStep[],
  ): Promise<{ finished: number; failure: { at: number; ran: Ran } | undefined }> {
    const statements = steps.map((step, index) => ({ id: String(index), text: this.#render(step) }));
    this.#host.begin(
      steps.map((step, index) => ({ id: String(index), title: titleOf(step), code: statements[index]?.text ?? '' })),
    );
    const result = await this.#context.run(statements, this.#state, (event) => this.#host.show(event), this.#signal);
    this.#state = result.state;
    let failure: { at: number; ran: Ran } | undefined;
    let finished = 0;
    for (const [index, step] of steps.entries()) {
      const one = result.statements[index];
      if (!one || one.kind === 'notRun') continue;
      finished = index + 1;
      if (step.danger.class !== 'readOnly') this.#host.noteChange();
      const ran = await this.#judge(prepared, step, one);
      if (ran.verdict.kind === 'failed') failure ??= { at: index, ran };
    }
    return { finished, failure };
  }

  async #judge(
    prepared: Prepared,
    step: CommandStep,
    result: Exclude<StatementResult, { readonly kind: 'notRun' }>,
  ): Promise<Ran> {
    const code = this.#render(step);
    const output = outputOf(result, code);
    const { verdict, difference, toAsk } = judgeCommand(step, output, this.#outputs.get(code));
    if (output) this.#outputs.set(code, output);
    const ran: Ran = { title: titleOf(step), code, verdict, difference };
    const verdicts = [verdict];
    for (const expected of verdict.kind === 'failed' ? [] : toAsk) verdicts.push(await this.#host.judge(expected, ran));
    const final = verdictOfAll(verdicts) ?? verdict;
    this.#record(prepared, step, final, { durationMs: result.durationMs, difference, byPerson: verdicts.length > 1 });
    if (step.danger.class !== 'readOnly') await this.#change?.ran(step.range.start, final, result.durationMs);
    return { ...ran, verdict: final };
  }

  #record(prepared: Prepared, step: CommandStep, verdict: Verdict, more: Recorded = {}): void {
    const id = prepared.idAt(step.range.start);
    const { durationMs, override } = more;
    const went: Verdict =
      override === undefined
        ? verdict
        : { kind: 'failed', why: `${verdict.why ?? ''}; gone on with all the same: ${override}` };
    this.#results.set(id, {
      title: markdownTitle(step),
      verdict: went,
      ...(durationMs === undefined ? {} : { durationMs }),
    });
    this.#host.record(id, {
      verdict,
      atMs: this.#context.now(),
      durationMs: more.durationMs,
      where: this.#context.where,
      by: more.byPerson || more.override !== undefined ? 'person' : 'run',
      what: this.#render(step),
      difference: more.difference,
      reason: this.#reason,
      override: more.override,
    });
  }
}

interface Result {
  readonly title: string;
  readonly verdict: Verdict;
  readonly durationMs?: number;
}

interface Recorded {
  readonly durationMs?: number;
  readonly difference?: OutputDifference | undefined;
  readonly override?: string;
  readonly byPerson?: boolean;
}

function commandsIn(segments: readonly Segment[]): readonly CommandStep[] {
  return segments.flatMap((segment) => {
    if (segment.kind === 'commands') return segment.steps;
    return segment.kind === 'terminal' ? [segment.step] : [];
  });
}

function titleOf(step: Pick<CommandStep, 'title' | 'statement'>): string {
  return step.title ?? step.statement.code.split('\n', 1)[0] ?? '';
}

/** For a report: code is marked as such. */
function markdownTitle(step: Pick<CommandStep, 'title' | 'statement'>): string {
  return step.title ?? `\`${titleOf(step)}\``;
}
