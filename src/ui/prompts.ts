import * as vscode from 'vscode';
import { OpsError } from '../core/errors.ts';

/** The answer of a step: a value, or the wish to see the step before it again. Escape throws `cancelled`. */
export type Answer<T> = { readonly value: T } | 'back';

/** Where a step stands among the others; `canGoBack` shows the arrow. */
export interface StepFrame {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly canGoBack: boolean;
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export function choose<T>(
  frame: StepFrame,
  placeholder: string,
  choices: readonly Choice<T>[],
  current?: T,
): Promise<Answer<T>> {
  const picker = vscode.window.createQuickPick<Choice<T>>();
  picker.items = choices;
  picker.placeholder = placeholder;
  picker.matchOnDetail = true;
  const active = choices.find(({ value }) => value === current);
  if (active) picker.activeItems = [active];
  return ask(picker, frame, (accept) => {
    picker.onDidAccept(() => {
      const [chosen] = picker.selectedItems;
      if (chosen) accept(chosen.value);
    });
  });
}

export interface Question {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** Why this cannot be the answer. */
  readonly validate?: (value: string) => string | undefined;
}

export function askText(frame: StepFrame, question: Question): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  input.prompt = question.prompt;
  input.value = question.value ?? '';
  input.password = question.password ?? false;
  if (question.placeholder !== undefined) input.placeholder = question.placeholder;
  return ask(input, frame, (accept) => {
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    input.onDidAccept(() => {
      const value = question.password ? input.value : input.value.trim();
      input.validationMessage = question.validate?.(value);
      if (input.validationMessage === undefined) accept(value);
    });
  });
}

/** Shows `input` until it is answered, gone back from, or left. */
function ask<T>(
  input: vscode.QuickPick<Choice<T>> | vscode.InputBox,
  frame: StepFrame,
  listen: (accept: (value: T) => void) => void,
): Promise<Answer<T>> {
  input.title = frame.title;
  input.step = frame.step;
  input.totalSteps = frame.totalSteps;
  input.ignoreFocusOut = true;
  input.buttons = frame.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  return new Promise<Answer<T>>((resolve, reject) => {
    listen((value) => {
      resolve({ value });
      input.hide();
    });
    input.onDidTriggerButton(() => {
      resolve('back');
      input.hide();
    });
    input.onDidHide(() => {
      // After an answer this changes nothing: the promise is settled.
      reject(new OpsError('cancelled', 'Cancelled.'));
      input.dispose();
    });
    input.show();
  });
}

/** One question of a wizard: adds to what is known so far; undefined skips it, in both directions. */
export type Step<Draft> = (draft: Draft, frame: StepFrame) => Promise<Answer<Draft>> | undefined;

/** Asks step by step; going back finds every earlier answer as it was given. Throws `cancelled` on Escape. */
export async function runWizard<Draft>(title: string, steps: readonly Step<Draft>[], initial: Draft): Promise<Draft> {
  const drafts: { readonly index: number; readonly draft: Draft }[] = [];
  let draft = initial;
  let index = 0;
  while (index < steps.length) {
    const asked = steps[index]?.(draft, {
      title,
      step: index + 1,
      totalSteps: steps.length,
      canGoBack: drafts.length > 0,
    });
    const answer = await asked;
    if (answer === 'back') {
      const before = drafts.pop();
      // What was answered later stays in the draft, and is offered again when its step comes.
      index = before?.index ?? 0;
      continue;
    }
    if (answer) {
      drafts.push({ index, draft });
      draft = answer.value;
    }
    index++;
  }
  return draft;
}

/** Runs `work` under a progress notification with Cancel; the one place where a token becomes a signal. */
export async function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      return await work(abort.signal);
    } finally {
      listener.dispose();
    }
  });
}
