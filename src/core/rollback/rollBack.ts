import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { ApplicationHealth } from '../flags/application.ts';
import { identitiesOf } from '../flags/identities.ts';
import { effectPiece, flatPiece, healthyPiece, restartPiece, restartQuietly, setFlagPiece } from '../flags/pieces.ts';
import { flagOf } from '../flags/surroundings.ts';
import type { FlagSurroundings } from '../flags/surroundings.ts';
import type { Deployment, FlagStore, Inspection } from '../flags/target.ts';
import { valueWords } from '../flags/target.ts';
import { notesOf, verdictOf, verifyFlags } from '../flags/verifyFlags.ts';
import { formatCount, formatDuration } from '../format.ts';
import type { ServiceIdentity } from '../operations/identity.ts';
import type { Operation, PlanContext, RunContext, RunReport, Verification } from '../operations/operation.ts';
import type { Piece } from '../operations/piece.ts';
import { runPieces } from '../operations/piece.ts';
import type { Plan, PlanDraft, PlanTarget } from '../operations/plan.ts';
import { identifyAll, prepareAll } from './prepare.ts';
import { watchPiece } from './recovery.ts';
import { verifyPrepared } from './verifyPrepared.ts';
import { budgetsMs, wayNames } from './way.ts';
import type { Preparable, Prepared, RollBackWay } from './way.ts';

export interface RollBackWish {
  readonly way: RollBackWay;
  /** Of the way `revision`: which. */
  readonly revision?: string | undefined;
  /** Why a step is left out, by its id. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Each look at error rate and latency, for a live view. */
  readonly show: (line: string) => void;
  readonly watch?: { readonly everyMs: number; readonly atMostMs: number };
}

/** What the environment has to roll back with. `code` is done after the flags, in order; the others instead of them. */
export interface RollBackMeans {
  readonly code: readonly Preparable[];
  readonly release: Preparable | undefined;
  readonly revision: Preparable | undefined;
}

export interface RollBackDetail {
  /** As they were when it was planned. */
  readonly flags: ReadonlyMap<string, { readonly was: string | undefined; readonly off: string }>;
  readonly pieces: readonly Piece[];
  /** What is done besides flags and has to be so in the end, without what is left out. */
  readonly others: readonly Pick<Prepared, 'piece' | 'verify'>[];
}

/** Goes back to how it was before the cache: as fast as possible, or all the way. */
export class RollBack implements Operation<RollBackDetail> {
  readonly kind = 'rollBack';
  readonly title: string;
  readonly environment: FlagSurroundings['environment'];
  readonly request: { readonly way: RollBackWay; readonly revision?: string };
  readonly #surroundings: FlagSurroundings;
  readonly #means: RollBackMeans;
  readonly #wish: RollBackWish;
  readonly #stores: ReadonlyMap<string, FlagStore>;
  #usedMs = 0;

  constructor(surroundings: FlagSurroundings, means: RollBackMeans, wish: RollBackWish) {
    this.environment = surroundings.environment;
    this.title = wayNames[wish.way];
    this.request = { way: wish.way, ...(wish.revision === undefined ? {} : { revision: wish.revision }) };
    this.#surroundings = surroundings;
    this.#means = means;
    this.#wish = wish;
    this.#stores = new Map(flagsOf(surroundings, wish.way).map((name) => [name, surroundings.store(name)]));
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const own = await identitiesOf([...this.#stores.values(), this.#surroundings.deployment], signal);
    const others = await identifyAll(this.#others(), this.#wish.skipped, signal);
    return unique([...own, ...others], (one) => `${one.service} ${one.address}`);
  }

  close(): void {
    for (const one of this.#others()) one.close?.();
  }

  async plan({ signal, clock }: PlanContext): Promise<PlanDraft<RollBackDetail>> {
    const { application, deployment } = this.#surroundings;
    const before = await application?.health(signal);
    const flags = await this.#readFlags(signal);
    const { skipped, way } = this.#wish;
    const prepared = await prepareAll(this.#others(), skipped, signal);
    const inspections = await this.#inspect(signal);
    const pieces = this.#pieces(flags, prepared, inspections, before, clock);
    const changing = [...flags].filter(([, { was, off }]) => was !== off);
    const changes = changing.map(([name, { was, off }]) => ({
      what: this.#stores.get(name)?.where ?? name,
      detail: `${name}: ${valueWords(was)} → ${valueWords(off)}`,
    }));
    const wanted = pieces.filter(({ step }) => !skipped.has(step.id));
    // What runs with a flag says so by itself; of a release that nobody started, nothing would.
    const others = [...prepared, ...pieces.filter(({ step }) => step.id === 'restart').map((piece) => ({ piece }))];
    return {
      effect: prepared.some(({ effect }) => effect === 'destructive') ? 'destructive' : 'changing',
      summary: [
        ...[...flags].map(([name, { was, off }]) =>
          was === off ? `${name} is ${valueWords(off)} already` : `${name} ${valueWords(was)} → ${valueWords(off)}`,
        ),
        ...prepared.flatMap(({ targets }) => targets.map((one) => targetWords(one))),
        `${wanted.length} steps`,
        `budget ${formatDuration(budgetsMs[way])}`,
      ].join(', '),
      targets: [
        ...changes,
        ...prepared.flatMap(({ targets }) => targets),
        ...(deployment && wanted.some(({ step }) => step.id === 'restart')
          ? [{ what: deployment.where, detail: 'is started anew' }]
          : []),
      ],
      irreversible: prepared.flatMap(({ irreversible = [] }) => irreversible),
      undo:
        changes.length === 0
          ? 'Each step says how it is taken back.'
          : `Set again: ${changing.map(([name, { was }]) => `${name} to ${valueWords(was)}`).join(', ')}.`,
      warnings: unique([...inspections, ...prepared].flatMap(({ warnings }) => warnings)),
      obstacles: unique([...inspections, ...prepared].flatMap(({ obstacles }) => obstacles)),
      steps: pieces.map(({ step }) => {
        const skip = skipped.get(step.id);
        return skip === undefined ? step : { ...step, skip };
      }),
      sections: [{ title: 'Budget', lines: [`${formatDuration(budgetsMs[way])}, without watching the recovery.`] }],
      detail: { flags, pieces, others: others.filter(({ piece }) => !skipped.has(piece.step.id)) },
    };
  }

  async recheck({ detail }: Plan<RollBackDetail>, signal: AbortSignal): Promise<readonly string[]> {
    const now = await this.#readFlags(signal);
    return [...detail.flags].flatMap(([name, { was }]) => {
      const found = now.get(name)?.was;
      return found === was
        ? []
        : [`${name} is ${valueWords(found)} now; it was ${valueWords(was)} when it was planned.`];
    });
  }

  run({ detail }: Plan<RollBackDetail>, context: RunContext): Promise<void> {
    return runPieces(
      detail.pieces.map((piece) => this.#shown(piece, context)),
      context,
    );
  }

  /** Each step's beginning and end, for the live view. */
  #shown(piece: Piece, { clock }: RunContext): Piece {
    const { show, way } = this.#wish;
    return {
      ...piece,
      work: async (step) => {
        const begunMs = clock.monotonicMs();
        show(`${piece.step.title} …`);
        const note = (sentence: string): void => {
          show(`  ${sentence}`);
          step.note(sentence);
        };
        try {
          await piece.work({ ...step, note });
        } catch (error) {
          show(`  NOT DONE: ${explain(error)}`);
          throw error;
        }
        const tookMs = clock.monotonicMs() - begunMs;
        this.#usedMs += piece.step.id === 'watch' ? 0 : tookMs;
        const budget = formatDuration(budgetsMs[way]);
        show(`  done in ${formatSeconds(tookMs)}; ${formatSeconds(this.#usedMs)} of ${budget} used`);
      },
    };
  }

  async verify({ detail, steps }: Plan<RollBackDetail>, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const skipped = new Set(steps.filter(({ skip }) => skip !== undefined).map(({ id }) => id));
    const wanted = new Map(
      [...detail.flags]
        .filter(([name]) => !skipped.has(`flag ${name}`))
        .map(([name, { was, off }]) => [name, report.ended === 'undone' ? was : off]),
    );
    // Taken back, each undo has said by itself whether it worked.
    const others = await verifyPrepared(report.ended === 'undone' ? [] : detail.others, report, signal);
    const { verdict, findings } = await verifyFlags(wanted, this.#surroundings, report, signal, others);
    const usedMs = usedTimeMs(report);
    const budgetMs = budgetsMs[this.#wish.way];
    const used = `${formatSeconds(usedMs)} of the ${formatDuration(budgetMs)} budget were used${usedMs > budgetMs ? ': too long' : ''}.`;
    const watched = report.steps.find(({ id }) => id === 'watch');
    const said = [...findings, ...notesOf(report, 'watch'), used];
    if (watched?.state !== 'failed' && watched?.state !== 'skipped') return { verdict, findings: said };
    const why = [
      ...('why' in verdict && verdict.why !== undefined ? [verdict.why] : []),
      `recovery: ${watched.why ?? 'not watched'}`,
    ];
    if (watched.state === 'failed') return { verdict: verdictOf(why, []), findings: said };
    return { verdict: verdict.kind === 'failed' ? verdict : verdictOf([], why), findings: said };
  }

  async #readFlags(signal: AbortSignal): Promise<RollBackDetail['flags']> {
    const found = await Promise.all(
      [...this.#stores].map(async ([name, store]) => {
        const { off } = flagOf(this.environment, name);
        return [name, { was: await store.read(signal), off }] as const;
      }),
    );
    return new Map(found);
  }

  /** What is left out stands in nobody's way. */
  async #inspect(signal: AbortSignal): Promise<readonly Inspection[]> {
    const { deployment } = this.#surroundings;
    const places = [
      ...[...this.#stores].map(([name, store]) => ({ id: `flag ${name}`, inspect: () => store.inspect(signal) })),
      ...(deployment && this.#wish.way !== 'revision'
        ? [{ id: 'restart', inspect: () => deployment.inspect(signal) }]
        : []),
    ];
    return Promise.all(places.filter(({ id }) => !this.#wish.skipped.has(id)).map((one) => one.inspect()));
  }

  #others(): readonly Preparable[] {
    const { code, release, revision } = this.#means;
    const chosen = { immediate: [], full: code, release: [release], revision: [revision] }[this.#wish.way];
    return chosen.filter((one) => one !== undefined);
  }

  #pieces(
    flags: RollBackDetail['flags'],
    prepared: readonly Prepared[],
    inspections: readonly Inspection[],
    before: ApplicationHealth | undefined,
    clock: Clock,
  ): readonly Piece[] {
    const { deployment, application } = this.#surroundings;
    const { way, show, watch = {} } = this.#wish;
    const changing = [...flags].filter(([, { was, off }]) => was !== off);
    const begun = changing.some(([name]) => this.#stores.get(name)?.rollsOut === true);
    const setting = changing.flatMap(([name, { was, off }], index) => {
      const store = this.#stores.get(name);
      // Taken back newest first, so that the first one's undo comes last: then it is started anew, once.
      const afterUndo =
        deployment && index === 0 ? (stop: AbortSignal) => restartQuietly(deployment, begun, stop) : undefined;
      return store ? [setFlagPiece(name, store, { expected: was, value: off }, afterUndo)] : [];
    });
    const revision = inspections.flatMap((one) => one.revision ?? [])[0];
    const restart = deployment && way !== 'revision' ? [restartPiece(deployment, begun, clock, revision)] : [];
    const others = prepared.map(({ piece }) =>
      way === 'release' && deployment ? restartedAfterUndo(piece, deployment) : piece,
    );
    const deploys = this.#means.code.some(({ id }) => id === 'deploy');
    // A flag that is left alone need not be off.
    const turnedOff = [...flags].filter(([name]) => !this.#wish.skipped.has(`flag ${name}`));
    const wanted = new Map(turnedOff.map(([name, { off }]) => [name, off]));
    const metrics = application && this.environment.settings.metrics;
    return [
      ...setting,
      // The link, or the code where nothing deploys it, decides what the restart starts.
      ...(way === 'release' || (way === 'full' && !deploys) ? [...others, ...restart] : [...restart, ...others]),
      ...(application ? [healthyPiece(application, before, clock)] : []),
      ...(wanted.size > 0 ? [effectPiece(wanted, this.#surroundings, clock)] : []),
      ...(metrics && wanted.size > 0 ? [flatPiece([...wanted.keys()], this.#surroundings, clock)] : []),
      ...(application && metrics
        ? [watchPiece({ settings: this.environment.settings, application, clock, show, ...watch })]
        : []),
    ];
  }
}

/** The flags that a rollback turns off. Going back to an earlier release or revision leaves them alone. */
export function flagsOf({ environment }: Pick<FlagSurroundings, 'environment'>, way: RollBackWay): readonly string[] {
  if (way === 'release' || way === 'revision') return [];
  const { rollback, flags = {} } = environment.settings;
  return rollback?.flags ?? Object.keys(flags);
}

/** Until all was done and seen to work; watching the recovery afterwards does not count. */
export function usedTimeMs({ steps }: Pick<RunReport, 'steps'>): number {
  return steps.reduce((total, { id, durationMs = 0 }) => total + (id === 'watch' ? 0 : durationMs), 0);
}

export function formatSeconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

/** What was pointed back is seen after a restart only. */
function restartedAfterUndo(piece: Piece, deployment: Deployment): Piece {
  const { undo } = piece;
  if (!undo) return piece;
  return {
    ...piece,
    undo: async (signal) => {
      await undo(signal);
      await restartQuietly(deployment, false, signal);
    },
  };
}

function targetWords({ what, detail, count }: PlanTarget): string {
  const counted = count === undefined ? undefined : `${formatCount(count.value)} ${count.unit}`;
  return [what, counted, detail].filter((one) => one !== undefined).join(' ');
}

/** The first of each. */
function unique<T>(all: readonly T[], keyOf: (one: T) => unknown = (one) => one): readonly T[] {
  return all.filter((one, index) => all.findIndex((other) => keyOf(other) === keyOf(one)) === index);
}
