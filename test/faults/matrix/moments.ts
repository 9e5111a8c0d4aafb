import type { OperationPorts } from '../../../src/core/operations/ports.ts';
import type { Plan } from '../../../src/core/operations/plan.ts';

/** Where a run is: at a step's beginning, when it first says how far it is, or done and not written down yet. */
export interface Moment {
  /** Its id in the plan. */
  readonly step: string;
  readonly when: 'begins' | 'is under way' | 'is done';
}

/** Ports that tell each moment of a run just when it comes; `cancel` is what the person's Cancel does. */
export function telling(ports: OperationPorts, tell: (moment: Moment, cancel: () => void) => void): OperationPorts {
  let steps: Plan['steps'] = [];
  const underWay = new Set<string>();
  let cancel = (): void => undefined;
  const hear = (words: string): void => {
    for (const { id, title } of steps) {
      if (words === title) tell({ step: id, when: 'begins' }, cancel);
      if (!words.startsWith(`${title}: `) || underWay.has(id)) continue;
      underWay.add(id);
      tell({ step: id, when: 'is under way' }, cancel);
    }
  };
  return {
    ...ports,
    ask: {
      ...ports.ask,
      during: (title, work) => {
        const abort = new AbortController();
        cancel = () => abort.abort();
        return ports.ask.during(title, (_, say) =>
          work(abort.signal, (words) => {
            say(words);
            hear(words);
          }),
        );
      },
    },
    journal: {
      begin: async (plan, reason) => {
        const entry = await ports.journal.begin(plan, reason);
        ({ steps } = plan);
        return {
          ...entry,
          step: async (result) => {
            if (result.state === 'done') tell({ step: result.id, when: 'is done' }, cancel);
            await entry.step(result);
          },
        };
      },
    },
  };
}

export function isSame(one: Moment, other: Moment): boolean {
  return one.step === other.step && one.when === other.when;
}
