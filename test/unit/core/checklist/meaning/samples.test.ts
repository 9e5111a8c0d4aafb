import assert from 'node:assert/strict';
import type { Checklist } from '../../../../../src/core/checklist/model.ts';
import { parseInline, stepsOf } from '../../../../../src/core/checklist/meaning/steps.ts';
import type { Meaning, Step } from '../../../../../src/core/checklist/meaning/types.ts';
import { understand } from '../../../../../src/core/checklist/meaning/understand.ts';
import { expectedVariables } from '../../../../../src/core/checklist/meaning/variables.ts';
import { openDocument } from '../../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../../src/core/checklist/walk.ts';
import { classifyDanger } from '../../../../../src/core/shell/danger/classify.ts';
import { parseBlock } from '../../../../../src/core/shell/parseBlock.ts';
import { realParser } from '../../shell/parser.ts';
import { readSample, skipWithoutSamples } from '../../../../fixtures/samples.ts';
import { TABLES } from './sampleTable.ts';

describe('what checklists mean that teams wrote', () => {
  before(function () {
    skipWithoutSamples(this);
  });

  for (const [index, table] of TABLES.entries()) {
    describe(`sample ${index}`, () => {
      const read = (): { text: string; checklist: Checklist; meaning: Meaning } => {
        const text = readSample(index);
        const { checklist } = openDocument(text);
        return { text, checklist, meaning: understand(checklist, text) };
      };

      it('has the commands that stand in it, stage by stage', () => {
        const { checklist, meaning } = read();
        assert.deepEqual(
          commandsByStage(checklist, meaning).map(([title, ...counts]) => [known(title, table.commands), ...counts]),
          table.commands,
        );
      });

      it('expects of them what it says', () => {
        const { meaning } = read();
        const found = commandsOf(meaning).flatMap(({ expectations }) => expectations);
        const rows = found.map(({ expectation, range }) => [range.line + 1, expectation.kind] as const);
        assert.deepEqual(rows.toSorted(byLine), table.expectations);
      });

      it('states its criteria', () => {
        const { meaning } = read();
        const rows = meaning.criteria.toSorted((a, b) => a.range.start - b.range.start);
        const said = rows.map(({ range, comparator, value, unit, sense, relativeToBaseline }) => [
          range.line + 1,
          comparator,
          value,
          unit,
          ...(relativeToBaseline === undefined ? [] : ['rel']),
          ...(sense === 'alarm' ? ['alarm'] : []),
        ]);
        assert.deepEqual(
          said,
          table.criteria.map(([line, , ...rest]) => [line, ...rest]),
        );
        rows.forEach(({ metric }, at) => assert.match(metric, table.criteria[at]?.[1] ?? /^$/));
      });

      it('does with its commands what they are classed as', async () => {
        const { text, checklist, meaning } = read();
        const steps = await everyStep(text, checklist, meaning);
        const classed = { changing: [] as number[], destructive: [] as number[], unknown: [] as number[] };
        for (const step of steps) {
          if (step.kind !== 'command') continue;
          const { class: danger } = classifyDanger(step.statement);
          if (danger !== 'readOnly') classed[danger].push(step.range.line + 1);
        }
        const sorted = Object.fromEntries(
          Object.entries(classed).map(([name, found]) => [name, found.toSorted((a, b) => a - b)]),
        );
        assert.deepEqual(sorted, table.danger);
        const count = table.commands.reduce((sum, [, inBlocks, inItems]) => sum + inBlocks + inItems, 0);
        assert.equal(
          steps.filter(({ kind }) => kind === 'command').length,
          count,
          'the shell parser sees as many commands',
        );
      });

      it('offers its choices, leaves to a person what is for one, and stops where it goes elsewhere', () => {
        const { meaning } = read();
        assert.deepEqual(
          meaning.choices.map(({ options }) => [(options[0]?.range.line ?? 0) + 1, options.length]),
          table.choices,
        );
        const blocks = [...meaning.blocks.values()];
        const manual = [
          ...blocks.flatMap(({ parts }) => parts),
          ...[...meaning.items.values()].flatMap((item) => item.manual),
        ];
        const lines = manual.filter(({ kind }) => kind === 'manual').map(({ range }) => range.line + 1);
        assert.deepEqual(
          lines.toSorted((a, b) => a - b),
          table.manual,
        );
        assert.deepEqual(
          blocks.flatMap(({ handOver }) => (handOver === undefined ? [] : [handOver.range.line + 1])),
          table.handOvers,
        );
      });

      it('has its blanks, signatures, states and variables where they stand', () => {
        const { text, meaning } = read();
        assert.deepEqual(
          meaning.blanks.map(({ range }) => range.line + 1),
          table.blanks,
        );
        for (const { range } of meaning.blanks) assert.match(text.slice(range.start, range.end), /^_+$/);
        assert.equal(meaning.signOff.length, table.signOff);
        assert.deepEqual(
          expectedVariables(meaning).map(({ name }) => name),
          table.variables,
        );
        assert.deepEqual(
          meaning.status.map(({ range }) => range.line + 1),
          table.status,
        );
      });
    });
  }

  it('marks what is for some tiers only', () => {
    const text = readSample(2);
    const { checklist } = openDocument(text);
    const bound = [...understand(checklist, text).blocks.values()].filter(({ tiers }) => tiers !== undefined);
    assert.deepEqual(
      bound.map(({ tiers, parts }) => [tiers, (parts[0]?.range.line ?? 0) + 1]),
      [[['development'], 274]],
    );
  });
});

function byLine(a: readonly [number, string], b: readonly [number, string]): number {
  return a[0] - b[0];
}

/** The name the table has for a stage. */
function known(title: string, rows: readonly (readonly [string, number, number])[]): string {
  return rows.find(([name]) => title.includes(name))?.[0] ?? title;
}

function commandsOf(meaning: Meaning) {
  const inBlocks = [...meaning.blocks.values()].flatMap(({ parts }) => parts).filter((part) => part.kind === 'command');
  const inItems = [...meaning.items.values()].flatMap(({ commands }) => commands);
  return [...inBlocks, ...inItems];
}

function commandsByStage(checklist: Checklist, meaning: Meaning): readonly (readonly [string, number, number])[] {
  const rows: [string, number, number][] = [];
  for (const node of nodesOf(checklist.stages)) {
    if (node.kind === 'stage') rows.push([node.title, 0, 0]);
    const row = rows.at(-1) ?? ['', 0, 0];
    if (node.kind === 'block')
      row[1] += meaning.blocks.get(node.id)?.parts.filter(({ kind }) => kind === 'command').length ?? 0;
    if (node.kind === 'item') row[2] += meaning.items.get(node.id)?.commands.length ?? 0;
  }
  return rows.filter(([, inBlocks, inItems]) => inBlocks + inItems > 0);
}

async function everyStep(text: string, checklist: Checklist, meaning: Meaning): Promise<readonly Step[]> {
  const parser = realParser();
  const steps: Step[] = [];
  for (const node of nodesOf(checklist.stages)) {
    const block = meaning.blocks.get(node.id);
    if (node.kind === 'block' && block?.isShell === true)
      steps.push(...stepsOf(block, await parseBlock(text, node, parser)));
    for (const command of meaning.items.get(node.id)?.commands ?? [])
      steps.push(...(await parseInline(command, parser)));
  }
  return steps;
}
