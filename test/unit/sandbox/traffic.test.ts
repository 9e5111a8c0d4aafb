import assert from 'node:assert/strict';
import { NAMESPACES, topicsOf } from '../../sandbox/app/questions.ts';
import { createRandom, createZipf, shuffle } from '../../sandbox/app/random.ts';
import { createTraffic, dayCurve } from '../../sandbox/app/traffic.ts';
import type { Traffic } from '../../sandbox/app/traffic.ts';

const take = (traffic: Traffic, count: number, hour = 12) => Array.from({ length: count }, () => traffic.next(hour));

const shareOfSentiment = (hour: number) =>
  take(createTraffic(9), 4000, hour).filter(({ namespace }) => namespace === 'sentiment').length / 4000;

const countBy = (names: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

describe('Zipf', () => {
  it('draws the first twice as often as the second, and ten times as often as the tenth', () => {
    const draw = createZipf(100, 1, createRandom(7));
    const drawn = countBy(Array.from({ length: 200_000 }, () => String(draw())));
    const ratio = (position: number) => (drawn.get('0') ?? 0) / (drawn.get(String(position)) ?? 0);
    assert.ok(Math.abs(ratio(1) - 2) < 0.1, `second: ${ratio(1)}`);
    assert.ok(Math.abs(ratio(9) - 10) < 1, `tenth: ${ratio(9)}`);
    assert.ok((drawn.get('99') ?? 0) > 0, 'the last is drawn too');
  });

  it('stays within its size', () => {
    const draw = createZipf(3, 1.05, createRandom(1));
    for (let count = 0; count < 1000; count += 1) assert.ok([0, 1, 2].includes(draw()));
  });
});

describe('Shuffling', () => {
  it('keeps every item', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = shuffle(items, createRandom(3));
    assert.notDeepEqual(shuffled, items);
    assert.deepEqual(
      shuffled.toSorted((a, b) => a - b),
      items,
    );
  });
});

describe('The traffic', () => {
  it('is the same for the same seed, and another for another', () => {
    const requests = take(createTraffic(42), 500);
    assert.deepEqual(take(createTraffic(42), 500), requests);
    assert.notDeepEqual(take(createTraffic(43), 500), requests);
  });

  it('asks only what the catalogue holds, in every namespace', () => {
    const known = new Set(NAMESPACES.flatMap(topicsOf).flatMap(({ wordings }) => wordings));
    const requests = take(createTraffic(1), 2000);
    assert.deepEqual([...new Set(requests.map(({ namespace }) => namespace))].toSorted(), NAMESPACES.toSorted());
    for (const { question } of requests) assert.ok(known.has(question), question);
  });

  it('asks one question in seven in other than the usual words', () => {
    const usual = new Set(NAMESPACES.flatMap(topicsOf).map(({ wordings }) => wordings[0]));
    const others = take(createTraffic(5), 4000).filter(({ question }) => !usual.has(question)).length / 4000;
    assert.ok(others > 0.13 && others < 0.17, String(others));
  });

  it('repeats itself: the ten most frequent questions of a namespace are a third of what it is asked', () => {
    const questions = take(createTraffic(5), 8000).filter(({ namespace }) => namespace === 'search');
    const counts = [...countBy(questions.map(({ question }) => question)).values()].toSorted((a, b) => b - a);
    const top = counts.slice(0, 10).reduce((sum, count) => sum + count, 0) / questions.length;
    assert.ok(top > 0.33 && top < 0.7, String(top));
  });

  it('asks for sentiment in the evening rather than in the morning', () => {
    const [evening, morning] = [shareOfSentiment(20), shareOfSentiment(8)];
    assert.ok(evening > 1.5 * morning, `${evening} and ${morning}`);
  });

  it('keeps to the rate that is asked for', () => {
    const traffic = createTraffic(11);
    const seconds = Array.from({ length: 5000 }, () => traffic.pauseMs(20)).reduce((sum, ms) => sum + ms, 0) / 1000;
    assert.ok(Math.abs(5000 / seconds - 20) < 1, `${5000 / seconds} a second`);
  });

  it('has a day whose mean is 1', () => {
    const hours = Array.from({ length: 240 }, (_, index) => dayCurve(index / 10));
    assert.ok(Math.abs(hours.reduce((sum, value) => sum + value, 0) / 240 - 1) < 1e-9);
    assert.ok(dayCurve(16) > 3 * dayCurve(4));
  });
});
