import { classifyDanger } from '../../../shell/danger/classify.ts';
import type { Redirection, ShellNode, Span } from '../../../shell/types.ts';
import type { LintDocument, LintPlace } from '../document.ts';
import type { LintRule } from '../types.ts';

export const expectationMissing: LintRule = {
  id: 'expectation-missing',
  severity: 'hint',
  documentation:
    'A command that looks at something, and nothing that says what should come out: nobody can tell whether it passed.',
  *check(document) {
    for (const place of document.places) {
      const open = withoutExpectation(place, document);
      if (open.length === 0) continue;
      for (const event of place.events) {
        if (
          event.kind !== 'statement' ||
          !open.some((range) => holds(range, event.range)) ||
          !tellsSomething(event.tree)
        )
          continue;
        yield {
          message: 'Nothing says what should come out. Add a line such as "# Expected: PONG" behind it.',
          range: event.range,
        };
      }
    }
  },
};

/** Stretches with commands of which the document expects nothing. */
function withoutExpectation({ node }: LintPlace, { meaning }: LintDocument): readonly Span[] {
  if (node.kind === 'item') {
    const commands = meaning.items.get(node.id)?.commands ?? [];
    return commands
      .filter(({ expectations, handOver }) => expectations.length === 0 && !handOver)
      .map(({ range }) => range);
  }
  const block = meaning.blocks.get(node.id);
  // A script says itself what is wrong.
  if (block?.use !== 'run' || block.script !== undefined) return [];
  return block.parts.flatMap((part) => (part.kind === 'command' && part.expectations.length === 0 ? [part.range] : []));
}

function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.start < outer.end;
}

/** What comes out of these says nothing about a deployment. */
const SILENT = new Set(
  `cd pushd popd export declare local readonly unset set shopt alias source . echo printf sleep wait true false :
  exit return shift trap umask read pwd date`.split(/\s+/),
);

/** Whether it only looks at something, and prints what it saw. */
function tellsSomething(tree: ShellNode): boolean {
  const { class: danger, interactive, endless } = classifyDanger({ tree });
  return danger === 'readOnly' && interactive === undefined && endless === undefined && prints(tree);
}

function prints(node: ShellNode): boolean {
  if (node.kind === 'simple') {
    const [program, ...others] = node.words;
    const name = program?.literal ?? '';
    const isQuiet =
      /^(?:[ef]?grep|diff|cmp|git)$/.test(name) && others.some(({ literal }) => /^(?:-q|--quiet)$/.test(literal ?? ''));
    return program !== undefined && !isQuiet && !SILENT.has(name) && node.redirections.every(isKept);
  }
  const { form, commands } = node;
  if (form === 'pipeline') return commands.slice(-1).some(prints);
  // What decides, and says something of its own then, has its expectation in it.
  if (form === 'if' || form === 'case' || form === 'test' || form === 'function') return false;
  return !commands.some((one) => one.kind === 'compound' && one.form === 'group') && commands.some(prints);
}

function isKept({ operator, target }: Redirection): boolean {
  return !operator.includes('>') || target.literal !== '/dev/null';
}
