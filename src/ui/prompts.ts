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

export interface Selection<T> {
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  /** The choice that Enter takes; the first when undefined. */
  readonly current?: T | undefined;
  /** Sentences above the choices, to be read in full. They may begin with an icon: `$(error) …`. */
  readonly says?: readonly string[];
}

export function choose<T>(frame: StepFrame, selection: Selection<T>): Promise<Answer<T>> {
  const { placeholder, choices, current, says = [] } = selection;
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem | Choice<T>>();
  const line = { label: '', kind: vscode.QuickPickItemKind.Separator };
  picker.items = says.length === 0 ? choices : [...says.flatMap(readingRows), line, ...choices];
  picker.placeholder = placeholder;
  picker.matchOnDetail = true;
  const active = choices.find(({ value }) => value === current) ?? choices[0];
  if (active) picker.activeItems = [active];
  return ask<T>(picker, frame, (accept) => {
    picker.onDidAccept(() => {
      const [chosen] = picker.selectedItems;
      if (chosen && 'value' in chosen) accept(chosen.value);
    });
  });
}

/** What the narrowest quick pick shows of one row. */
const rowLength = 72;

/** A quick pick cuts a row off where it does not fit, and has no other place for a sentence: rows that choose nothing. */
function readingRows(sentence: string): vscode.QuickPickItem[] {
  const [, icon = '$(blank) ', words = ''] = /^(\$\([\w-]+\) )?(.*)$/s.exec(sentence) ?? [];
  return wrapWords(words, rowLength).map((line, index) => ({
    label: `${index === 0 ? icon : '$(blank) '}${line}`,
    alwaysShow: true,
  }));
}

/** Breaks a text into lines of at most `length` characters, between words where that is possible. */
export function wrapWords(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((one) => one.match(new RegExp(`.{1,${length}}`, 'gu')) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
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
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
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
export type Step<Draft> = (draft: Draft, frame: StepFrame) => Promise<StepAnswer<Draft>> | undefined;

/** `backTo` is the wish to see an earlier step again: that one, or the one before it where it was skipped. */
export type StepAnswer<Draft> = Answer<Draft> | { readonly backTo: Step<Draft> };

/** Asks step by step; going back finds every earlier answer as it was given. Throws `cancelled` on Escape. */
export async function runWizard<Draft>(title: string, steps: readonly Step<Draft>[], initial: Draft): Promise<Draft> {
  const asked: number[] = [];
  let draft = initial;
  let index = 0;
  while (index < steps.length) {
    const frame = { title, step: index + 1, totalSteps: steps.length, canGoBack: asked.length > 0 };
    const answer = await steps[index]?.(draft, frame);
    if (answer === 'back' || (answer && 'backTo' in answer)) {
      // What was answered later stays in the draft, and is offered again when its step comes.
      const wanted = answer === 'back' ? index - 1 : steps.indexOf(answer.backTo);
      index = asked.pop() ?? 0;
      while (index > wanted && asked.length > 0) index = asked.pop() ?? 0;
      continue;
    }
    if (answer) {
      asked.push(index);
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
