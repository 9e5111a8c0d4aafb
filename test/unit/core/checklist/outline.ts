import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Checklist, ChecklistNode } from '../../../../src/core/checklist/model.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';

const folder = path.resolve(import.meta.dirname, '../../../fixtures/checklists');

export function readFixture(name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

/** The tree as lines, two spaces a level: `# heading`, `[x] item`, `1. step`, `├ drawn`, `$ block`. */
export function outlineOf(text: string): string[] {
  return openDocument(text).checklist.stages.flatMap((stage) => linesOf(stage, ''));
}

function linesOf(node: ChecklistNode, indent: string): string[] {
  return [indent + lineOf(node), ...node.children.flatMap((child) => linesOf(child, `${indent}  `))];
}

function lineOf(node: ChecklistNode): string {
  if (node.kind === 'stage') return `# ${node.title}`;
  if (node.kind === 'block') return `$ ${node.language}: ${node.summary}`;
  const { form, box, text } = node;
  if (form === 'step') return `1. ${text}`;
  if (form === 'drawn') return `├ ${text}`;
  return `${form === 'commented' ? '#' : ''}[${box?.checked === true ? 'x' : ' '}] ${text}`;
}

export function everyNode(text: string): ChecklistNode[] {
  return [...nodesOf(openDocument(text).checklist.stages)];
}

/** The first node whose text, title or summary begins with `start`. */
export function find(text: string, start: string): ChecklistNode {
  const found = everyNode(text).find((node) => nameOf(node).startsWith(start));
  if (found === undefined) throw new Error(`Nothing in the document begins with "${start}".`);
  return found;
}

function nameOf(node: ChecklistNode): string {
  if (node.kind === 'stage') return node.title;
  return node.kind === 'item' ? node.text : node.summary;
}

/** As the text would be read anew: without what its rows were called before. */
export function readAnew(checklist: Checklist): Checklist {
  return { ...checklist, stages: checklist.stages.map(withoutRowId) };
}

function withoutRowId<N extends ChecklistNode>(node: N): N {
  return { ...node, rowId: undefined, children: node.children.map(withoutRowId) };
}
