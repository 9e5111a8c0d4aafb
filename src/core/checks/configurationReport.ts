import type { Verdict } from '../verdict.ts';
import { rangeWords } from './checkConfiguration.ts';
import type { ConfigurationLimit, ConfigurationResult } from './configuration.ts';
import { cell, code, table } from './markdown.ts';

const VERDICT_WORDS: Readonly<Record<Verdict['kind'], string>> = {
  passed: '✓ passed',
  failed: '✗ failed',
  inconclusive: '? inconclusive',
  notRun: '– not run',
};

/** The check as a Markdown document. */
export function configurationReportText(
  document: string,
  file: string,
  results: readonly ConfigurationResult[],
  checked: string,
): string {
  const rows = results.map(({ expectation, verdict, lines }) => [
    limitWords(expectation),
    VERDICT_WORDS[verdict.kind],
    cell(verdict.why ?? ''),
    lines.map((line) => line + 1).join(', '),
    String(expectation.range.line + 1),
  ]);
  return [
    '# Configuration',
    '',
    `${cell(file)} against ${cell(document)}, checked ${checked}: ${summarizeConfiguration(results)}.`,
    '',
    ...table(['Expected', 'Verdict', 'Why', 'Line of the file', 'Line of the checklist'], rows),
    '',
  ].join('\n');
}

/** "5 passed, 1 failed". */
export function summarizeConfiguration(results: readonly ConfigurationResult[]): string {
  const kinds = ['passed', 'failed', 'inconclusive'] as const;
  const said = kinds.flatMap((kind) => {
    const count = results.filter(({ verdict }) => verdict.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return said.length === 0 ? 'nothing to check' : said.join(', ');
}

function limitWords(limit: ConfigurationLimit): string {
  const path = code(limit.path);
  switch (limit.kind) {
    case 'present':
      return `${path} is there`;
    case 'value':
      return `${path} is ${code(String(limit.value))}`;
    case 'every':
      return `every ${path} is ${code(String(limit.value))}`;
    case 'between':
      return `${path} is a number ${rangeWords(limit)}`;
  }
}
