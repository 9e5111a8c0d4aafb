import assert from 'node:assert/strict';
import { changeWords } from '../../../../src/core/dashboard/units.ts';

describe('A change, in words', () => {
  const cases = [
    ['ratio', 0.83, 0.8, '+3.0 points'],
    ['ratio', 0.8001, 0.8, 'unchanged'],
    ['perSecond', 18.3, 18.445, '−0.8 %'],
    ['perSecond', 112.4, 100, '+12 %'],
    ['bytes', 1_200_000, 100, '+1.2M %'],
    ['count', 200, 200.5, 'unchanged'],
    ['count', 5, 0, undefined],
    ['count', 0, 0, 'unchanged'],
  ] as const;
  for (const [unit, value, before, words] of cases)
    it(`is ${words ?? 'not said'} from ${before} to ${value} (${unit})`, () =>
      assert.equal(changeWords(value, before, unit), words));
});
