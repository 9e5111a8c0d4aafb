import { NAMESPACES, topicsOf } from './questions.ts';
import type { Namespace, Topic } from './questions.ts';
import { createRandom, createZipf, drawWeighted, shuffle } from './random.ts';

export interface Request {
  readonly namespace: Namespace;
  readonly question: string;
}

export interface Traffic {
  /** The next request, as it would come at that hour (0 to 24) of a day. */
  next(hour: number): Request;
  /** How long to wait before it, at the given mean rate: requests come independently of each other. */
  pauseMs(ratePerSecond: number): number;
}

const ZIPF_EXPONENT = 0.9;
/** How often the usual wording is used, rather than another one. */
const USUAL_SHARE = 0.85;

/** What a namespace is asked for, in parts of the whole, and the hour at which it is asked for most. */
const MIX: Readonly<Record<Namespace, { readonly share: number; readonly peakHour: number }>> = {
  search: { share: 40, peakHour: 12 },
  summary: { share: 18, peakHour: 9 },
  sentiment: { share: 14, peakHour: 20 },
  translate: { share: 16, peakHour: 15 },
  classify: { share: 12, peakHour: 10 },
};

/** Requests as a town's information desk would get them. The same seed gives the same requests in the same order. */
export function createTraffic(seed: number): Traffic {
  const random = createRandom(seed);
  const drawTopic = new Map(NAMESPACES.map((namespace) => [namespace, topicDrawer(namespace, random)]));
  return {
    next: (hour) => {
      const namespace = drawWeighted(namespaceWeights(hour), random);
      const topic = drawTopic.get(namespace)?.() ?? topicsOf(namespace)[0];
      if (topic === undefined) throw new Error(`The namespace ${namespace} has no topics.`);
      return { namespace, question: drawWording(topic, random) };
    },
    pauseMs: (ratePerSecond) => (-Math.log(1 - random()) * 1000) / ratePerSecond,
  };
}

/** How much is asked at an hour of the day, 1 being the mean: least at 4, most at 16. */
export function dayCurve(hour: number): number {
  return 1 + 0.6 * Math.cos(((hour - 16) / 24) * 2 * Math.PI);
}

/** In parts of 100 at a namespace's mean; a namespace swings by half around its peak hour. */
export function namespaceWeights(hour: number): readonly (readonly [Namespace, number])[] {
  return NAMESPACES.map((namespace) => {
    const { share, peakHour } = MIX[namespace];
    return [namespace, share * (1 + 0.5 * Math.cos(((hour - peakHour) / 24) * 2 * Math.PI))] as const;
  });
}

function topicDrawer(namespace: Namespace, random: () => number): () => Topic | undefined {
  const topics = shuffle(topicsOf(namespace), random);
  const drawPosition = createZipf(topics.length, ZIPF_EXPONENT, random);
  return () => topics[drawPosition()];
}

function drawWording(topic: Topic, random: () => number): string {
  const [usual, ...others] = topic.wordings;
  if (random() < USUAL_SHARE) return usual;
  return others[Math.floor(random() * others.length)] ?? usual;
}
