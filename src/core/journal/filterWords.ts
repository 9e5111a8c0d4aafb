import { kindNames } from '../operations/kind.ts';
import type { HistoryFilter } from './filter.ts';
import { stateNames } from './present.ts';

/** `staging · Flush · failed`; '' for no filter. */
export function filterWords({ environments, kinds, states }: HistoryFilter): string {
  return [
    [...environments].join(' or '),
    [...kinds].map((kind) => kindNames[kind]).join(' or '),
    [...states].map((state) => stateNames[state]).join(' or '),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
