import { codeSpan, markdownTable } from '../markdownTable.ts';
import { formatCount, formatDuration, formatRatio } from '../format.ts';
import type { ConsistencyCheck, KeysChecked, PointsChecked } from './model.ts';
import { keysWithoutPoint, pointsWithoutKey } from './model.ts';
import { shareWords, sizeTrouble } from './readings.ts';

/** The check as a page of Markdown: what was looked at, then what was found. */
export function consistencyReport(check: ConsistencyCheck, startedAtWords: string): string {
  const { environment, link, points, keys } = check;
  return [
    `# Consistency of ${environment}: Redis and Qdrant`,
    `${startedAtWords}, in ${formatDuration(check.tookMs)}${endedWords[check.ended]}. The payload field ${codeSpan(link)} names the key of a point.`,
    `**${shareWords(pointsWithoutKey(check), 'points lead to no key')}; ${shareWords(keysWithoutPoint(check), 'keys have no point')}.**`,
    '## Points and their keys',
    'A point whose key is missing is a semantic hit that leads to nothing: keys expire, points stay until they are removed.',
    ...points.map(pointsPart),
    '## Keys and their points',
    'A key without a point is found by its exact name only.',
    ...(keys.length === 0 ? [noPrefixes] : keys.map(keysPart)),
    '## Embedding size',
    ...sizesPart(check),
    '## How it was read',
    howWords(check),
  ].join('\n\n');
}

const endedWords: Record<ConsistencyCheck['ended'], string> = {
  complete: '',
  mostMs: ', ended after the most time the budget allows',
  cancelled: ', cancelled',
};

const noPrefixes =
  'Not looked at: the points’ keys have no prefix in common, and no namespace of the environment has a `filter` or a `collection`.';

const sampledWords: Record<PointsChecked['sampled'], string> = {
  all: 'all of them',
  random: 'chosen at random',
  first: 'those with the lowest ids, since this server cannot choose at random',
};

function pointsPart(one: PointsChecked): string {
  const { collection, looked, total, withoutLink, withoutKey, changed, unknown, failure } = one;
  const title = `### ${codeSpan(collection)}`;
  if (failure) return `${title}\n\nNot looked at: ${failure.message} ${failure.next ?? ''}`.trim();
  const coverage =
    total === undefined || total === 0
      ? ''
      : ` of about ${formatCount(total)} (${formatRatio(Math.min(1, looked / total))})`;
  const rows = [
    ['The key is there', looked - withoutLink - withoutKey - changed - unknown],
    ['The key is missing', withoutKey],
    ['No key is named', withoutLink],
    ['Changed while it was looked at', changed],
    ['Redis does not say: no right, or a slot that is being moved', unknown],
  ] as const;
  const examples = one.examples.map(({ point, key }) => `- point ${codeSpan(point)}: ${codeSpan(key)}`);
  return [
    title,
    `${formatCount(looked)} points${coverage}, ${sampledWords[one.sampled]}.`,
    shares(rows, looked),
    ...(examples.length > 0 ? [`Missing, for example:\n\n${examples.join('\n')}`] : []),
  ].join('\n\n');
}

function keysPart(one: KeysChecked): string {
  const { prefix, namespace, looked, complete, withoutPoint, changed, failure } = one;
  const title = `### ${codeSpan(prefix)}${namespace === undefined ? '' : ` (${codeSpan(namespace)})`}`;
  if (failure) return `${title}\n\nNot looked at: ${failure.message} ${failure.next ?? ''}`.trim();
  const rows = [
    ['A point names it', looked - withoutPoint - changed],
    ['No point names it', withoutPoint],
    ['Changed while it was looked at', changed],
  ] as const;
  return [
    title,
    `${formatCount(looked)} keys, ${complete ? 'all of them' : 'as SCAN gave them, which is in no order'}.`,
    shares(rows, looked),
    ...(one.examples.length > 0
      ? [`Without a point, for example:\n\n${one.examples.map((key) => `- ${codeSpan(key)}`).join('\n')}`]
      : []),
  ].join('\n\n');
}

function sizesPart({ vectors, wantedSize }: ConsistencyCheck): readonly string[] {
  const rows = vectors.map(({ collection, sizes }) => {
    const words = sizes.length === 0 ? 'not said' : sizes.map((size) => formatCount(size)).join(', ');
    const trouble = sizeTrouble(sizes, wantedSize);
    return `- ${codeSpan(collection)}: ${words}${trouble === undefined ? '' : `. **${trouble}**`}`;
  });
  const wanted =
    wantedSize === undefined
      ? 'Set `qdrant.vectorSize` in the environment to have it compared.'
      : `The environment says ${formatCount(wantedSize)}.`;
  return [...(rows.length === 0 ? [] : [rows.join('\n')]), wanted];
}

function howWords({ budget }: ConsistencyCheck): string {
  const pause = budget.pauseMs > 0 ? `, ${budget.pauseMs} ms apart` : '';
  return `At most ${formatCount(budget.points)} points of a collection and ${formatCount(budget.keys)} keys of a prefix, in pages of ${budget.page}${pause}: EXISTS and SCAN in Redis, payloads without vectors in Qdrant. What did not agree was looked at twice, so that an entry that is just being written or removed does not count. Nothing was written. Redis counts each key looked up as a keyspace hit or miss, so its hit rate shows this check.`;
}

function shares(rows: readonly (readonly [string, number])[], looked: number): string {
  const cells = rows.map(([what, count]) => [
    what,
    formatCount(count),
    looked === 0 ? '' : formatRatio(count / looked),
  ]);
  return markdownTable(['', 'Number', 'Share'], cells);
}
