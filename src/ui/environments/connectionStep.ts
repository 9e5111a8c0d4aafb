import type { Choice, Selection, Step } from '../prompts.ts';
import { choose } from '../prompts.ts';
import { explainConnecting, explainSaving } from './connectionFailure.ts';
import type { DraftFailure, Fault } from './connectionFailure.ts';
import type { Draft } from './draft.ts';

export interface ConnectionEndings {
  /** Tries the connection; resolves to what was found, in words. */
  readonly tryConnection: (draft: Draft) => Promise<string>;
  /** Writes the environment down. */
  readonly save: (draft: Draft) => Promise<void>;
}

type Faulty = Exclude<Fault, undefined>;

/** The last step: tries the connection and saves. Whatever fails is told, and nothing that was answered is lost. */
export function connectionStep(
  { tryConnection, save }: ConnectionEndings,
  stepAt: Readonly<Record<Faulty, Step<Draft>>>,
): Step<Draft> {
  return async (draft, frame) => {
    let outcome = await connected(tryConnection, draft);
    for (;;) {
      const answer = await choose(frame, selectionOf(outcome));
      if (answer === 'back') return 'back';
      const { value: next } = answer;
      if (next === 'again') outcome = await connected(tryConnection, draft);
      else if (next !== 'save') return next === 'back' ? 'back' : { backTo: stepAt[next] };
      else {
        const failure = await failureOf(() => save(draft), explainSaving);
        if (failure === undefined) return { value: draft };
        outcome = { ...failure, placeholder: 'Not saved. What next?', again: 'save' };
      }
    }
  };
}

type Next = 'save' | 'again' | 'back' | Faulty;

type Outcome =
  { readonly found: string } | (DraftFailure & { readonly placeholder: string; readonly again: 'again' | 'save' });

async function connected(tryConnection: ConnectionEndings['tryConnection'], draft: Draft): Promise<Outcome> {
  let found = '';
  const failure = await failureOf(
    async () => void (found = await tryConnection(draft)),
    (error) => explainConnecting(error, draft),
  );
  return failure ? { ...failure, placeholder: 'Not connected. What next?', again: 'again' } : { found };
}

/** What is thrown before anything is awaited is a failure like any other. */
async function failureOf(
  work: () => Promise<void>,
  explain: (error: unknown) => DraftFailure,
): Promise<DraftFailure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

const backLabels: Readonly<Record<Faulty, string>> = {
  place: 'Go Back to Where It Is Kept',
  name: 'Go Back to the Name',
  address: 'Go Back to the Address',
  authority: 'Go Back to the Certificate Authority',
  login: 'Go Back to the Login',
};

function selectionOf(outcome: Outcome): Selection<Next> {
  const save = { label: '$(save) Save', value: 'save' } as const;
  if ('found' in outcome) {
    return { placeholder: 'Connected. Save it?', says: [`$(pass) ${outcome.found}`], choices: [save] };
  }
  const { says, next, fault, placeholder, again } = outcome;
  const back: Choice<Next> =
    fault === undefined
      ? { label: '$(arrow-left) Go Back', value: 'back' }
      : { label: `$(arrow-left) ${backLabels[fault]}`, value: fault };
  const retry: Choice<Next> = { label: '$(refresh) Try Again', value: again };
  const anyway: Choice<Next> = {
    label: '$(save) Save All the Same',
    detail: 'The tree will go on saying what fails.',
    value: 'save',
  };
  return {
    placeholder,
    says: [`$(error) ${says}`, next].filter((one) => one !== ''),
    choices: again === 'save' ? [retry, back] : [retry, back, anyway],
  };
}
