import * as vscode from 'vscode';
import type { OutputDifference } from '../../core/checklist/meaning/expectations/types.ts';
import type { Evidence } from '../../core/evidence/evidence.ts';
import { presentEvidence } from '../../core/evidence/present.ts';
import { environmentFor } from '../rollouts/bound.ts';
import type { ChecklistDocument } from './document.ts';
import type { ChecklistTreeOptions } from './tree.ts';

const kinds = ['passed', 'failed', 'inconclusive'] as const;
type MarkKind = (typeof kinds)[number];

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly evidence: Evidence;
}

/** In the margin of a checklist: the last verdict of each command; in its hover, expected against actual. */
export class ChecklistMarks implements vscode.HoverProvider, vscode.Disposable {
  readonly #options: ChecklistTreeOptions;
  readonly #types: Readonly<Record<MarkKind, vscode.TextEditorDecorationType>>;
  readonly #subscription: vscode.Disposable;

  constructor(extensionUri: vscode.Uri, options: ChecklistTreeOptions) {
    this.#options = options;
    const typeOf = (kind: MarkKind): vscode.TextEditorDecorationType =>
      vscode.window.createTextEditorDecorationType({
        gutterIconPath: vscode.Uri.joinPath(extensionUri, 'media', 'marks', `${kind}.svg`),
        gutterIconSize: 'contain',
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      });
    this.#types = { passed: typeOf('passed'), failed: typeOf('failed'), inconclusive: typeOf('inconclusive') };
    const again = (): void => this.#drawAll();
    this.#subscription = vscode.Disposable.from(
      ...Object.values(this.#types),
      options.store.onDidChange(again),
      options.evidence.onDidChange(again),
      options.reader.onDidUnderstand(again),
      options.environments.onDidChange(again),
      vscode.window.onDidChangeVisibleTextEditors(again),
      vscode.languages.registerHoverProvider({ language: 'markdown', scheme: 'file' }, this),
    );
  }

  provideHover(text: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const document = this.#options.store.documentAt(text.uri);
    const offset = text.offsetAt(position);
    const mark = document && this.#marksOf(document)?.find(({ start, end }) => start <= offset && offset <= end);
    const environment = document && environmentFor(this.#options.environments, document);
    if (!mark || !environment) return undefined;
    const view = presentEvidence(mark.evidence, this.#options.evidence.changedAt(environment), Date.now());
    const hover = new vscode.MarkdownString();
    hover.appendText(`${environment.name}: ${view.detail.join('\n')}`);
    if (mark.evidence.difference) hover.appendCodeblock(differenceText(mark.evidence.difference), 'diff');
    return new vscode.Hover(hover, new vscode.Range(text.positionAt(mark.start), text.positionAt(mark.end)));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const document = this.#options.store.documentAt(editor.document.uri);
      // A document that was edited a moment ago is drawn when the tree has caught up.
      if (!document || document.text !== editor.document.getText()) continue;
      const marks = this.#marksOf(document);
      if (!marks) continue;
      for (const kind of kinds) {
        const ranges = marks
          .filter(({ evidence }) => evidence.verdict.kind === kind)
          .map(({ start }) => editor.document.positionAt(start));
        editor.setDecorations(
          this.#types[kind],
          ranges.map((at) => new vscode.Range(at, at)),
        );
      }
    }
  }

  /** Undefined while a document that was changed is being understood: the editor moves the marks it has. */
  #marksOf(document: ChecklistDocument): readonly Mark[] | undefined {
    const { environments, evidence, reader } = this.#options;
    const environment = environmentFor(environments, document);
    if (!environment) return [];
    const places = reader.understoodOf(document)?.plan.places;
    if (!places) return undefined;
    return [...evidence.of(environment, document)].flatMap(([id, found]) => {
      const range = places.get(id);
      return range ? [{ start: range.start, end: range.end, evidence: found }] : [];
    });
  }
}

const signs = { same: '  ', missing: '- ', unexpected: '+ ', other: '  ' } as const;

/** As a diff: what was expected and did not come with a minus, what came and was not expected with a plus. */
export function differenceText({ lines, shortened }: OutputDifference): string {
  const shown = lines.map(({ kind, text }) => signs[kind] + text);
  return [...shown, ...(shortened ? ['  … (shortened)'] : [])].join('\n');
}
