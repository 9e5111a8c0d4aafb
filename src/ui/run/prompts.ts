import * as vscode from 'vscode';
import type { Choice, ManualStep } from '../../core/checklist/meaning/types.ts';
import type { AfterFailure, Ran } from '../../core/run/host.ts';
import type { Danger, Placeholder, PlaceholderValue } from '../../core/shell/types.ts';
import type { Verdict } from '../../core/verdict.ts';

/** What could be filled in for a placeholder, the likeliest first. */
export type Offers = (placeholder: Placeholder) => Promise<readonly vscode.QuickPickItem[]>;

/** Asks for every placeholder once; offers come with it where there are any, and something else can always be typed. */
export async function askPlaceholders(
  placeholders: readonly Placeholder[],
  title: string,
  offers: Offers,
): Promise<ReadonlyMap<string, PlaceholderValue> | undefined> {
  const values = new Map<string, PlaceholderValue>();
  for (const placeholder of placeholders) {
    const value = await askPlaceholder(placeholder, title, await offers(placeholder));
    if (value === undefined) return undefined;
    values.set(placeholder.name, value);
  }
  return values;
}

async function askPlaceholder(
  { text, name }: Placeholder,
  title: string,
  offers: readonly vscode.QuickPickItem[],
): Promise<string | undefined> {
  const other = { label: '$(edit) Type Another…', alwaysShow: true };
  if (offers.length > 0) {
    const chosen = await vscode.window.showQuickPick([...offers, other], {
      title,
      placeHolder: `Value for ${text}`,
      ignoreFocusOut: true,
    });
    if (chosen !== other) return chosen?.label;
  }
  return vscode.window.showInputBox({
    title,
    prompt: `Value for ${text}. It is filled in as one word: it cannot become a command.`,
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? `${text} needs a value.` : undefined),
  });
}

/** One option of a choice; the one taken last in this environment comes first. */
export async function askChoice(
  { options }: Choice,
  title: string,
  last: string | undefined,
): Promise<string | undefined> {
  const items = options.map(({ id, label }) => ({
    label,
    ...(id === last ? { description: 'taken last time' } : {}),
    id,
  }));
  items.sort((a, b) => Number(b.id === last) - Number(a.id === last));
  return (
    await vscode.window.showQuickPick(items, {
      title,
      placeHolder: 'These do the same thing in different ways: one is run',
      ignoreFocusOut: true,
    })
  )?.id;
}

export async function askManual(step: ManualStep, title: string): Promise<'done' | 'skip' | 'stop'> {
  const what = [step.text, ...step.settings.map(({ name, value }) => `${name}=${value}`)].join('\n');
  const items = [
    {
      label: '$(check) Done',
      detail: step.file === undefined ? undefined : `in ${step.file}`,
      answer: 'done' as const,
    },
    { label: '$(debug-step-over) Skip It', answer: 'skip' as const },
    { label: '$(debug-stop) Stop Here', answer: 'stop' as const },
  ].map(({ detail, ...item }) => (detail === undefined ? item : { ...item, detail }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title}: to be done by hand`,
    placeHolder: what.replaceAll('\n', ' · '),
    ignoreFocusOut: true,
  });
  return chosen?.answer ?? 'stop';
}

/** A command that reads only, but hurts a busy server or takes very long. */
export async function askCostly(
  code: string,
  { why, instead }: NonNullable<Danger['costly']>,
  title: string,
): Promise<'run' | 'skip' | 'stop'> {
  const items = [
    { label: '$(debug-step-over) Leave It Out', detail: `Instead: ${instead}`, answer: 'skip' as const },
    { label: '$(play) Run It All the Same', answer: 'run' as const },
    { label: '$(debug-stop) Stop Here', answer: 'stop' as const },
  ];
  const placeHolder = `${code.split('\n', 1)[0] ?? ''}: ${why}`;
  return (await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.answer ?? 'stop';
}

/** The output is in the terminal; the person says what it means. */
export async function askVerdict(expected: string, ran: Ran): Promise<Verdict> {
  const items = [
    { label: '$(pass) Yes', verdict: { kind: 'passed', why: `a person found: ${expected}` } as const },
    {
      label: '$(error) No',
      verdict: { kind: 'failed', why: `a person found that it is not so: ${expected}` } as const,
    },
    {
      label: '$(question) Cannot Be Said',
      verdict: { kind: 'inconclusive', why: `a person could not say: ${expected}` } as const,
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Is it as it should be? ${expected}`,
    placeHolder: `Look at the output of ${ran.code.split('\n', 1)[0] ?? ''}`,
    ignoreFocusOut: true,
  });
  return chosen?.verdict ?? { kind: 'inconclusive', why: `nobody judged: ${expected}` };
}

export async function askAfterFailure({ title, verdict }: Ran): Promise<AfterFailure> {
  const why = verdict.kind === 'failed' ? verdict.why : '';
  const items = [
    { label: '$(refresh) Retry', kind: 'retry' as const },
    { label: '$(debug-stop) Stop', kind: 'stop' as const },
    {
      label: '$(debug-continue) Go On in Spite of It…',
      detail: 'Asks for a reason, which is kept with the evidence.',
      kind: 'override' as const,
    },
  ].map(({ kind, ...item }) => ({ ...item, answer: kind }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Failed: ${title}`,
    placeHolder: why,
    ignoreFocusOut: true,
  });
  if (chosen?.answer === 'retry') return { kind: 'retry' };
  if (chosen?.answer !== 'override') return { kind: 'stop' };
  const reason = await vscode.window.showInputBox({
    title: `Go on after: ${title}`,
    prompt: 'Why?',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A reason is needed.' : undefined),
  });
  return reason === undefined || reason.trim() === '' ? { kind: 'stop' } : { kind: 'override', reason: reason.trim() };
}
