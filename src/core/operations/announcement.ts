import { tierWords } from '../health/present.ts';
import { outcomeWords } from './outcomeWords.ts';
import type { OperationEvent } from './ports.ts';

/** What others are told, on one line: what, where, by whom, and in the end how it went. */
export function announcement(event: OperationEvent, who: string): string {
  const { plan } = event;
  if (event.kind === 'ended') return `${outcomeWords({ ...event, kind: 'ran', entry: '' })} (by ${who})`;
  const { environment, title, summary } = plan;
  return `${title} in ${environment.name} (${tierWords(environment)}) begun by ${who}: ${summary}.`;
}
