import { OpsError } from '../errors.ts';
import { identitiesOf } from './identities.ts';
import type { Operation, PlanContext, RunContext, RunReport, Verification } from '../operations/operation.ts';
import type { Piece } from '../operations/piece.ts';
import { runPieces } from '../operations/piece.ts';
import type { Plan, PlanDraft } from '../operations/plan.ts';
import type { ServiceIdentity } from '../operations/identity.ts';
import { effectPiece, flatPiece, healthyPiece, restartPiece, restartQuietly, setFlagPiece } from './pieces.ts';
import { flagOf, readEffective } from './surroundings.ts';
import type { FlagSurroundings } from './surroundings.ts';
import type { FlagStore } from './target.ts';
import { valueWords } from './target.ts';
import { verifyFlags } from './verifyFlags.ts';

export interface SetFlagWish {
  readonly name: string;
  readonly value: string;
  /** The desired value that was shown when the wish was made; undefined: none was. */
  readonly shown?: { readonly value: string | undefined };
}

export interface SetFlagDetail {
  readonly expected: string | undefined;
  readonly pieces: readonly Piece[];
}

/** Gives a flag an explicit value where it still has the one that was shown, and sees to it that the application runs with it. */
export class SetFlag implements Operation<SetFlagDetail> {
  readonly kind = 'setFlag';
  readonly title: string;
  readonly environment: FlagSurroundings['environment'];
  readonly request: { readonly name: string; readonly value: string };
  readonly #surroundings: FlagSurroundings;
  readonly #wish: SetFlagWish;
  readonly #store: FlagStore;

  constructor(surroundings: FlagSurroundings, wish: SetFlagWish) {
    this.environment = surroundings.environment;
    this.title = `Set ${wish.name} to ${valueWords(wish.value)}`;
    this.request = { name: wish.name, value: wish.value };
    this.#surroundings = surroundings;
    this.#wish = wish;
    this.#store = surroundings.store(wish.name);
  }

  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return identitiesOf([this.#store, this.#surroundings.deployment], signal);
  }

  async plan({ signal, clock }: PlanContext): Promise<PlanDraft<SetFlagDetail>> {
    const { name, value, shown } = this.#wish;
    const { deployment, application } = this.#surroundings;
    const flag = flagOf(this.environment, name);
    const expected = await this.#store.read(signal);
    if (shown && shown.value !== expected)
      throw new OpsError(
        'conflict',
        `${name} is ${valueWords(expected)} now, not ${valueWords(shown.value)} as shown; nothing was changed.`,
        {
          next: 'Somebody else has changed it: look, and try again.',
        },
      );
    const [effective, before] = await Promise.all([
      readEffective(this.#surroundings, name, signal),
      application?.health(signal),
    ]);
    const runsWith = effective.kind === 'known' ? valueWords(effective.value) : 'not known';
    const isDone = expected === value && (effective.kind === 'unknown' || effective.value === value);
    const restarts = flag.restart || this.#store.rollsOut;
    const found = await Promise.all([
      this.#store.inspect(signal),
      ...(restarts && deployment ? [deployment.inspect(signal)] : []),
    ]);
    const begun = this.#store.rollsOut && expected !== value;
    const afterUndo =
      restarts && deployment ? (stop: AbortSignal) => restartQuietly(deployment, begun, stop) : undefined;
    const revision = found.flatMap((one) => one.revision ?? [])[0];
    const isOff = value === flag.off;
    const pieces = [
      ...(expected === value ? [] : [setFlagPiece(name, this.#store, { expected, value }, afterUndo)]),
      ...(restarts && deployment ? [restartPiece(deployment, begun, clock, revision)] : []),
      ...(application ? [healthyPiece(application, before, clock)] : []),
      effectPiece(new Map([[name, value]]), this.#surroundings, clock),
      ...(isOff && application && this.environment.settings.metrics
        ? [flatPiece([name], this.#surroundings, clock)]
        : []),
    ];
    return {
      effect: 'changing',
      summary: `${name}: ${valueWords(expected)} → ${valueWords(value)} in ${this.#store.where}; it runs with ${runsWith}`,
      targets: [
        { what: this.#store.where, detail: `${name}: ${valueWords(expected)} → ${valueWords(value)}` },
        ...(restarts && deployment ? [{ what: deployment.where, detail: begun ? 'rolls out' : 'is restarted' }] : []),
      ],
      irreversible: [],
      undo: `Set ${name} to ${valueWords(expected)} again.`,
      warnings: [
        ...new Set(found.flatMap(({ warnings }) => warnings)),
        ...this.#warnings(restarts, effective.kind, before),
      ],
      obstacles: [...new Set(found.flatMap(({ obstacles }) => obstacles))],
      ...(isDone ? { nothingToDo: `${name} is ${valueWords(value)} already.` } : {}),
      steps: pieces.map(({ step }) => step),
      detail: { expected, pieces },
    };
  }

  #warnings(
    restarts: boolean,
    effective: 'known' | 'unknown',
    before: { readonly state: string; readonly words: string } | undefined,
  ) {
    const warnings: string[] = [];
    if (restarts && !this.#surroundings.deployment)
      warnings.push('The settings do not say how the application is restarted: it may go on with the old value.');
    if (effective === 'unknown') warnings.push('What the application runs with cannot be seen from here.');
    if (before && before.state !== 'healthy') warnings.push(`The application is not healthy already: ${before.words}.`);
    return warnings;
  }

  async recheck({ detail }: Plan<SetFlagDetail>, signal: AbortSignal): Promise<readonly string[]> {
    const now = await this.#store.read(signal);
    if (now === detail.expected) return [];
    return [
      `${this.#wish.name} is ${valueWords(now)} now in ${this.#store.where}; it was ${valueWords(detail.expected)} when it was planned.`,
    ];
  }

  run({ detail }: Plan<SetFlagDetail>, context: RunContext): Promise<void> {
    return runPieces(detail.pieces, context);
  }

  verify({ detail }: Plan<SetFlagDetail>, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const { name, value } = this.#wish;
    // Taken back, the old value is what is wanted.
    const wanted = report.ended === 'undone' ? detail.expected : value;
    return verifyFlags(new Map([[name, wanted]]), this.#surroundings, report, signal);
  }
}
