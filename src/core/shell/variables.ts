import type { ShellNode, WordPart } from './types.ts';
import { wordsOf } from './walk.ts';

export interface VariableUse {
  /** Read, and not set by the statement itself before. */
  readonly reads: readonly string[];
  /** Set for what follows. */
  readonly assigns: readonly string[];
}

const DECLARES = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);

/** Which variables a statement reads and sets. What runs in a subshell or pipeline sets nothing for what follows. */
export function variablesOf(tree: ShellNode | undefined): VariableUse {
  const use = { reads: new Set<string>(), assigns: new Set<string>() };
  if (tree !== undefined) visit(tree, use, use.assigns);
  return { reads: [...use.reads].toSorted(), assigns: [...use.assigns].toSorted() };
}

interface Found {
  readonly reads: Set<string>;
}

function visit(node: ShellNode, found: Found, known: Set<string>): void {
  for (const word of wordsOf(node)) for (const part of word.parts) visitPart(part, found, known);
  if (node.kind === 'simple') {
    for (const name of assignedBy(node)) known.add(name);
    return;
  }
  if (node.name !== undefined && node.form === 'loop') known.add(node.name);
  const inner =
    node.form === 'subshell' || node.form === 'pipeline' || node.form === 'background' ? new Set(known) : known;
  for (const command of node.commands) visit(command, found, inner);
}

function visitPart(part: WordPart, found: Found, known: ReadonlySet<string>): void {
  if (part.kind === 'command') for (const command of part.commands) visit(command, found, new Set(known));
  if (part.kind === 'variable' && /^[A-Za-z_]/.test(part.name) && !known.has(part.name)) found.reads.add(part.name);
}

/** `A=1` alone and `export A=1` last; `A=1 program` is for the program only. */
function assignedBy(node: ShellNode & { readonly kind: 'simple' }): readonly string[] {
  const program = node.words[0]?.literal;
  if (program === undefined && node.words.length === 0) return node.assignments.map(({ name }) => name);
  if (program === 'read')
    return node.words.slice(1).flatMap(({ literal }) => (literal?.match(/^[A-Za-z_]\w*$/) ? [literal] : []));
  if (program === undefined || !DECLARES.has(program)) return [];
  return node.words.slice(1).flatMap(({ parts }) => {
    const first = parts[0];
    const name = first?.kind === 'text' ? /^[A-Za-z_]\w*(?==)/.exec(first.text)?.[0] : undefined;
    return name === undefined ? [] : [name];
  });
}
