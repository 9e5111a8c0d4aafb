import type { Row } from '../row.ts';
import type { Checklist, ChecklistNode, CommandBlock, Item, Progress, Stage, StageRole } from './model.ts';
import { rowIdOf } from './rowId.ts';

/** A row of the checklist view. */
export interface ChecklistRow extends Row {
  readonly checkbox?: {
    readonly checked: boolean;
    readonly tooltip: string;
    /** What a screen reader says. */
    readonly spoken: string;
  };
}

export interface PresentedDocument {
  readonly id: string;
  /** Relative to the workspace. */
  readonly path: string;
  readonly checklist: Checklist | undefined;
  /** Why there is no checklist. */
  readonly problem: string | undefined;
  /** Added by hand, and so removable. */
  readonly added: boolean;
}

/** What the tree shows for a document: its title, and behind it how far it is and where it lies. */
export function presentDocument({ id, path, checklist, problem, added }: PresentedDocument): ChecklistRow {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const words = checklist === undefined ? undefined : progressWords(checklist.progress);
  const label = shorten(checklist === undefined || checklist.title === '' ? name : checklist.title);
  return {
    id,
    label,
    ...described(join(problem === undefined ? words : 'cannot be shown', label === path ? undefined : path)),
    icon: problem === undefined ? { name: 'checklist' } : { name: 'warning', color: 'problemsWarningIcon.foreground' },
    tooltip: lines(checklist?.title, path, problem ?? (words === undefined ? undefined : `${words} ticked`)),
    contextValue: added ? 'document.added' : 'document',
    expandable: childrenOf(checklist).length > 0 ? 'collapsed' : 'no',
    spoken: sentence(label, problem ?? ticked(checklist?.progress)),
  };
}

/** What the tree shows below a document: its stages, or those of its only one where that is no more than the title. */
export function childrenOf(checklist: Checklist | undefined): readonly ChecklistNode[] {
  const [first, ...others] = checklist?.stages ?? [];
  if (first === undefined) return [];
  return others.length === 0 && first.title === checklist?.title && first.role === 'work'
    ? first.children
    : [first, ...others];
}

/** What the tree shows for a stage, an item or a command block. */
export function presentNode(node: ChecklistNode): ChecklistRow {
  if (node.kind === 'stage') return presentStage(node);
  return node.kind === 'item' ? presentItem(node) : presentBlock(node);
}

const ROLE_WORDS: Readonly<Record<StageRole, string | undefined>> = {
  work: undefined,
  rollback: 'rollback',
  troubleshooting: 'troubleshooting',
  contact: 'contact',
};

const ROLE_ICONS: Readonly<Record<StageRole, string>> = {
  work: 'circle-large',
  rollback: 'discard',
  troubleshooting: 'tools',
  contact: 'organization',
};

function presentStage(stage: Stage): ChecklistRow {
  const { role, progress } = stage;
  const isDone = progress.total > 0 && progress.done === progress.total;
  const label = stage.title === '' ? 'Untitled' : stage.title;
  const apart =
    role === 'work' || progress.total === 0 ? undefined : 'Does not count towards the progress of the document.';
  return {
    id: rowIdOf(stage),
    label: shorten(label),
    ...described(join(ROLE_WORDS[role], progressWords(progress))),
    icon: isDone && role === 'work' ? { name: 'pass', color: 'testing.iconPassed' } : { name: stageIcon(stage) },
    tooltip: lines(label, ticked(progress), apart, place(stage)),
    contextValue: `stage.${role}`,
    expandable: expandable(stage),
    spoken: sentence(label, ROLE_WORDS[role], ticked(progress)),
  };
}

function stageIcon({ role, progress }: Stage): string {
  return role === 'work' && progress.total === 0 ? 'list-tree' : ROLE_ICONS[role];
}

function presentItem(item: Item): ChecklistRow {
  const { box, progress } = item;
  const label = labelOf(item);
  const below: Progress =
    box === undefined ? progress : { done: progress.done - (box.checked ? 1 : 0), total: progress.total - 1 };
  const row: ChecklistRow = {
    id: rowIdOf(item),
    label: shorten(label),
    ...described(progressWords(below)),
    tooltip: lines(label, ...item.notes.map((note) => `• ${note}`), ticked(below), place(item)),
    contextValue: box === undefined ? `item.${item.form}` : `item.${item.form}.${box.checked ? 'ticked' : 'open'}`,
    expandable: expandable(item),
    spoken: sentence(label, ticked(below)),
  };
  if (box === undefined) return { ...row, icon: { name: item.form === 'step' ? 'arrow-small-right' : 'circle-small' } };
  const { checked } = box;
  const spoken = `${label}, ${checked ? 'ticked' : 'not ticked'}`;
  return { ...row, checkbox: { checked, tooltip: checked ? 'Remove the tick' : 'Tick', spoken } };
}

/** An item that is only a command says its command. */
function labelOf({ text, children: [first] }: Item): string {
  if (text !== '') return text;
  return first?.kind === 'block' && first.summary !== '' ? first.summary : 'No text';
}

const SHELLS = new Set(['bash', 'sh', 'shell', 'zsh', 'fish', 'console', 'terminal', 'shell-session', 'shellsession']);

function presentBlock(block: CommandBlock): ChecklistRow {
  const { language, summary, progress } = block;
  const isShell = SHELLS.has(language);
  const label = summary === '' ? 'Empty block' : summary;
  return {
    id: rowIdOf(block),
    label: shorten(label),
    ...described(join(language === '' ? undefined : language, progressWords(progress))),
    icon: { name: isShell ? 'terminal' : 'code' },
    tooltip: lines(label, language === '' ? undefined : `Language: ${language}`, ticked(progress), place(block)),
    contextValue: isShell ? 'block.shell' : 'block.code',
    expandable: expandable(block),
    spoken: sentence(`${language === '' ? 'code' : language} block`, label, ticked(progress)),
  };
}

const LABEL_LENGTH = 100;

/** Cut at a word, never inside a character of two units. */
function shorten(label: string): string {
  if (label.length <= LABEL_LENGTH) return label;
  const cut = label.slice(0, LABEL_LENGTH);
  const space = cut.lastIndexOf(' ');
  return `${(space > LABEL_LENGTH / 2 ? cut.slice(0, space) : cut).replace(/[\ud800-\udbff]$/, '')}…`;
}

function progressWords({ done, total }: Progress): string | undefined {
  return total === 0 ? undefined : `${done} of ${total}`;
}

function ticked(progress: Progress | undefined): string | undefined {
  const words = progress === undefined ? undefined : progressWords(progress);
  return words === undefined ? undefined : `${words} ticked`;
}

function place({ range }: ChecklistNode): string {
  return `Line ${range.line + 1}`;
}

function expandable({ children }: ChecklistNode): Row['expandable'] {
  return children.length > 0 ? 'collapsed' : 'no';
}

function join(...parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join(', ');
}

function sentence(...parts: readonly (string | undefined)[]): string {
  return join(...parts) ?? '';
}

function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}

function described(words: string | undefined): { readonly description?: string } {
  return words === undefined ? {} : { description: words };
}
