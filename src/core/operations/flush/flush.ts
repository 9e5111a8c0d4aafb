import type { Environment } from '../../environment/environment.ts';
import { worstVerdict } from '../../verdict.ts';
import type { ServiceIdentity } from '../identity.ts';
import type { Operation, PlanContext, RunContext, RunReport, Verification } from '../operation.ts';
import type { Plan, PlanDraft } from '../plan.ts';
import type { FlushPart, PlannedPart } from './part.ts';
import { flushTitle } from './request.ts';
import type { FlushRequest } from './request.ts';

/** Removes cached entries: keys, points, or both of one namespace. What `parts` reach is what `request` says. */
export class FlushOperation implements Operation<readonly PlannedPart[]> {
  readonly kind = 'flush';
  readonly title: string;
  readonly environment: Environment;
  readonly request: FlushRequest;
  readonly #parts: readonly FlushPart[];

  constructor(environment: Environment, request: FlushRequest, parts: readonly FlushPart[]) {
    this.environment = environment;
    this.request = request;
    this.title = flushTitle(request);
    this.#parts = parts;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return (await Promise.all(this.#parts.map((part) => part.identify(signal)))).flat();
  }

  async plan(context: PlanContext): Promise<PlanDraft<readonly PlannedPart[]>> {
    const planned: PlannedPart[] = [];
    for (const part of this.#parts) planned.push(await part.plan(context));
    const drafts = planned.map(({ draft }) => draft);
    const summary = drafts.map((one) => one.summary).join('; ');
    const empty = planned.every(({ isEmpty }) => isEmpty);
    return {
      effect: 'destructive',
      summary,
      targets: drafts.flatMap(({ targets }) => targets),
      irreversible: drafts.flatMap(({ irreversible }) => irreversible),
      undo: 'The application fills the cache again as it is used; what is only in the cache comes back from a backup alone.',
      warnings: drafts.flatMap(({ warnings }) => warnings),
      obstacles: drafts.flatMap(({ obstacles = [] }) => obstacles),
      ...(empty ? { nothingToDo: `${summary}.` } : {}),
      steps: drafts.flatMap(({ steps }) => steps),
      sections: drafts.flatMap(({ sections = [] }) => sections),
      detail: planned,
    };
  }

  async run({ detail }: Plan<readonly PlannedPart[]>, context: RunContext): Promise<void> {
    for (const part of detail) await part.run(context);
  }

  async verify(
    { detail }: Plan<readonly PlannedPart[]>,
    report: RunReport,
    signal: AbortSignal,
  ): Promise<Verification> {
    const parts = await Promise.all(detail.map((part) => part.verify(report, signal)));
    return {
      verdict: worstVerdict(parts.map(({ verdict }) => verdict)),
      findings: parts.flatMap(({ findings }) => findings),
    };
  }

  close(): void {
    for (const part of this.#parts) part.close();
  }
}
