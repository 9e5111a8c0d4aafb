import * as vscode from 'vscode';
import { lintRules } from '../../core/checklist/lint/rules.ts';
import type { LintContext } from '../../core/checklist/lint/types.ts';
import { settings } from '../ids.ts';

const weights = ['error', 'warning', 'information', 'hint', 'off'] as const;

/** What the settings say about the rules for a document; what is misspelled counts as not said. */
export function severitiesFor(uri: vscode.Uri): LintContext['severities'] {
  const configured = vscode.workspace.getConfiguration(settings.section, uri).get<unknown>(settings.lintRules);
  if (typeof configured !== 'object' || configured === null) return {};
  const known = new Set(lintRules.map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(configured).flatMap(([rule, weight]) => {
      const found = weights.find((one) => one === weight);
      return found === undefined || !known.has(rule) ? [] : [[rule, found] as const];
    }),
  );
}
