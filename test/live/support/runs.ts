import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { runBlock } from '../../../src/clients/shell/runBlock.ts';
import { createShellParser } from '../../../src/clients/shellParser.ts';
import { parseInline, stepsOf } from '../../../src/core/checklist/meaning/steps.ts';
import { understand } from '../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../src/core/checklist/walk.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../src/core/environment/read.ts';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import type { AfterFailure, ConfirmationRequest, RunContext, RunHost, RunSummary } from '../../../src/core/run/host.ts';
import { UnitRun } from '../../../src/core/run/unitRun.ts';
import { choicesOf, unitsOf } from '../../../src/core/run/units.ts';
import { parseBlock } from '../../../src/core/shell/parseBlock.ts';
import type { PlaceholderValue } from '../../../src/core/shell/types.ts';
import type { Verdict } from '../../../src/core/verdict.ts';

export const parser = createShellParser(createRequire(import.meta.url).resolve('sh-syntax/main.wasm'));

export function environmentOf(settings: object = {}): Environment {
  const all = readEnvironments(
    { shop: { tier: 'development', redis: { url: 'redis://localhost' }, ...settings } },
    undefined,
  );
  const [environment] = all.environments;
  assert.ok(environment, JSON.stringify(all.problems));
  return environment;
}

/** A checklist with its meaning. */
export function readChecklist(text: string) {
  const { checklist } = openDocument(text);
  return { text, checklist, meaning: understand(checklist, text) };
}

/** What a run in `cwd` works in: real bash, the real parser. */
export function contextOf(
  text: string,
  environment: Environment,
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): RunContext {
  return {
    environment,
    text,
    variables,
    provided: new Set(Object.keys(variables)),
    where: 'the test',
    now: () => 1,
    stepsOf: async (unit) =>
      unit.kind === 'inline'
        ? parseInline(unit.command, parser)
        : stepsOf(unit.meaning, await parseBlock(text, unit.block, parser)),
    run: (statements, state, onEvent, signal) =>
      runBlock(
        {
          statements,
          state,
          cwd,
          environment: variables,
          secrets: [],
          timeLimitMs: 10_000,
          stopOnFailure: true,
          bash: undefined,
        },
        onEvent,
        signal,
      ),
  };
}

/** A person who answers as told, and notes what was asked, shown and recorded. */
export class TestPerson implements RunHost {
  readonly asked: string[] = [];
  readonly confirmations: ConfirmationRequest[] = [];
  readonly evidence = new Map<string, Evidence>();
  readonly journal: string[] = [];
  changes = 0;
  answers: {
    option?: string;
    values?: Readonly<Record<string, PlaceholderValue>>;
    reason?: string | undefined;
    approved?: boolean;
    manual?: 'done' | 'skip' | 'stop';
    costly?: 'run' | 'skip' | 'stop';
    verdict?: Verdict;
    afterFailure?: AfterFailure[];
  } = { reason: '' };

  choose: RunHost['choose'] = ({ options }) => {
    this.asked.push(`choose ${options.map(({ label }) => label).join(' | ')}`);
    return Promise.resolve(options.find(({ label }) => label.includes(this.answers.option ?? '?'))?.id);
  };

  fill: RunHost['fill'] = (placeholders) => {
    this.asked.push(`fill ${placeholders.map(({ text }) => text).join(' ')}`);
    return Promise.resolve(this.answers.values && new Map(Object.entries(this.answers.values)));
  };

  confirm: RunHost['confirm'] = (request) => {
    this.confirmations.push(request);
    return Promise.resolve(this.answers.reason);
  };

  beginChange: RunHost['beginChange'] = (title, commands, reason) => {
    this.journal.push(`begun ${title}: ${commands.map(({ code }) => code).join('; ')} (${reason ?? 'no reason'})`);
    const codeAt = new Map(commands.map(({ at, code }) => [at, code]));
    return Promise.resolve({
      ran: (at, { kind }) => Promise.resolve(void this.journal.push(`ran ${codeAt.get(at) ?? '?'}: ${kind}`)),
      end: (stopped) => Promise.resolve(void this.journal.push(`ended: ${stopped ?? 'all'}`)),
    });
  };

  isApproved: RunHost['isApproved'] = () => Promise.resolve(this.answers.approved ?? false);

  beforeCostly: RunHost['beforeCostly'] = (code, { instead }) => {
    this.asked.push(`costly ${code}: ${instead}`);
    return Promise.resolve(this.answers.costly ?? 'skip');
  };

  doByHand: RunHost['doByHand'] = ({ text }) => {
    this.asked.push(`by hand ${text}`);
    return Promise.resolve(this.answers.manual ?? 'done');
  };

  handOver: RunHost['handOver'] = ({ command, rest }) => {
    this.asked.push(`hand over ${command} | ${rest}`);
    return Promise.resolve();
  };

  openInTerminal: RunHost['openInTerminal'] = (_title, code) => {
    this.asked.push(`terminal ${code}`);
    return Promise.resolve();
  };

  judge: RunHost['judge'] = (expected) => {
    this.asked.push(`judge ${expected}`);
    return Promise.resolve(this.answers.verdict ?? { kind: 'passed' });
  };

  afterFailure: RunHost['afterFailure'] = ({ title, verdict }) => {
    this.asked.push(`failed ${title}: ${verdict.kind === 'failed' ? verdict.why : ''}`);
    return Promise.resolve(this.answers.afterFailure?.shift() ?? { kind: 'stop' });
  };

  begin: RunHost['begin'] = () => undefined;
  show: RunHost['show'] = () => undefined;
  say: RunHost['say'] = (line) => void this.asked.push(line);
  record: RunHost['record'] = (id, evidence) => void this.evidence.set(id, evidence);
  noteChange: RunHost['noteChange'] = () => void this.changes++;

  /** Verdicts with what they are about, in the order of recording. */
  get verdicts(): readonly string[] {
    return [...this.evidence.values()].map(({ what, verdict }) => `${what.split('\n', 1)[0] ?? ''}: ${verdict.kind}`);
  }
}

/** Runs a whole checklist, or its first stage of that title. */
export async function runChecklist(
  text: string,
  person: TestPerson,
  cwd: string,
  environment = environmentOf(),
  stage?: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunSummary> {
  const { checklist, meaning } = readChecklist(text);
  const node =
    stage === undefined
      ? undefined
      : [...nodesOf(checklist.stages)].find((one) => one.kind === 'stage' && one.title === stage);
  const units = unitsOf(checklist, meaning, node);
  const run = new UnitRun(contextOf(text, environment, cwd, variables), person, new AbortController().signal);
  return run.run(units, choicesOf(units, meaning));
}
