import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import { tierWords } from '../../core/health/present.ts';
import type { StepOffer, StepResult } from '../../core/operations/operation.ts';
import type { Plan } from '../../core/operations/plan.ts';
import type { FailureAnswer, OperationAsk } from '../../core/operations/ports.ts';
import type { VirtualDocuments } from '../virtualDocuments.ts';
import { confirmPlan } from './confirm.ts';

/** A few times a second is enough for a person. */
const sayEveryMs = 250;

/** The person in front of the editor: asked by dialogs, shown what goes on in a notification with Cancel. */
export function createAsk(documents: VirtualDocuments): OperationAsk {
  return {
    confirm: (plan, confirmation) => confirmPlan(plan, confirmation, documents),
    planAgain,
    afterFailure: askAfterFailure,
    during: (title, work) => {
      const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
      return Promise.resolve(
        vscode.window.withProgress(options, async (progress, token) => {
          const abort = new AbortController();
          const listener = token.onCancellationRequested(() => abort.abort());
          let nextAtMs = 0;
          const say = (message: string): void => {
            const nowMs = systemClock.monotonicMs();
            if (nowMs < nextAtMs) return;
            nextAtMs = nowMs + sayEveryMs;
            progress.report({ message });
          };
          try {
            return await work(abort.signal, say);
          } finally {
            listener.dispose();
          }
        }),
      );
    },
  };
}

async function planAgain({ title, environment }: Plan, differences: readonly string[]): Promise<boolean> {
  const again = 'Plan Again';
  const message = `${environment.name} (${tierWords(environment)}) is not as it was planned for. Nothing was changed.`;
  const detail = [title, ...differences].join('\n\n');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, again)) === again;
}

async function askAfterFailure(
  { title, environment }: Plan,
  step: StepResult,
  offers: readonly StepOffer[],
  taken: readonly StepResult[],
): Promise<FailureAnswer | undefined> {
  const done = taken.filter(({ state }) => state === 'done');
  const items: Record<StepOffer | 'stop', vscode.QuickPickItem> = {
    // Longer than a placeholder: there it would be cut off.
    retry: { label: '$(refresh) Try Again', detail: step.why ?? step.title },
    skip: { label: '$(debug-step-over) Skip…', detail: 'Goes on without it; asks why.' },
    undo: {
      label: '$(discard) Undo What Was Done',
      detail: done.length === 0 ? 'Nothing was done yet.' : done.map((one) => one.title).join(', '),
    },
    stop: { label: '$(debug-stop) Stop Here', detail: 'Leaves what was done as it is.' },
  };
  const choices = [...offers, 'stop' as const].map((kind) => ({ ...items[kind], answer: kind }));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: `${environment.name} (${tierWords(environment)}): ${title}`,
    placeHolder: `Failed: ${step.title}`,
    ignoreFocusOut: true,
  });
  if (chosen?.answer !== 'skip') return chosen && { kind: chosen.answer };
  const reason = await vscode.window.showInputBox({
    title: `Skip: ${step.title}`,
    prompt: 'Why? Kept in the journal.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Skipping needs a reason.' : undefined),
  });
  return reason === undefined ? undefined : { kind: 'skip', reason: reason.trim() };
}
