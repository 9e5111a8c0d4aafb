import { cell, code, table } from './markdown.ts';
import { summarizeVariables } from './variables.ts';
import type { VariableReport, VariableResult } from './variables.ts';

const STATE_WORDS: Readonly<Record<VariableResult['state'], string>> = {
  same: '✓ set, the same',
  set: '✓ set',
  default: '– not set, the default applies',
  missing: '✗ missing',
  different: '✗ different',
  placeholder: '✗ never filled in',
};

/** The check as a Markdown document. `checked` is when, as a person reads it. No value of a secret is in it. */
export function variableReportText(
  document: string,
  environment: string | undefined,
  reports: readonly VariableReport[],
  checked: string,
): string {
  const parts = reports.flatMap((report) => [
    '',
    `## ${cell(report.place)}: ${summarizeVariables([report])}`,
    ...report.sections.flatMap(({ title, results }) => ['', `### ${cell(title)}`, '', ...rowsOf(results)]),
  ]);
  return [
    '# Environment variables',
    '',
    `${cell(document)}${environment === undefined ? '' : `, for ${cell(environment)}`}, checked ${checked}.`,
    'Secrets are compared and never shown.',
    ...parts,
    '',
  ].join('\n');
}

function rowsOf(results: readonly VariableResult[]): readonly string[] {
  return table(
    ['Variable', 'State', 'Document says', 'Found', 'Line', 'Note'],
    results.map((result) => [
      code(result.name),
      STATE_WORDS[result.state],
      ...shownValues(result),
      String(result.line + 1),
      cell(result.note ?? ''),
    ]),
  );
}

function shownValues({ values, secret, state }: VariableResult): readonly [expected: string, actual: string] {
  if (secret || values === undefined)
    return ['a secret', state === 'missing' || state === 'default' ? 'nothing' : 'not shown'];
  return [
    values.expected === '' ? 'any value' : code(values.expected),
    values.actual === undefined ? 'nothing' : code(values.actual),
  ];
}
