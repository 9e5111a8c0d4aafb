/** Which way a change counts as better: "reduction of latency", "improved hit rate". Undefined where none is meant. */
export function relationOf(text: string): 'reduction' | 'increase' | undefined {
  if (/\b(?:reduction|reduced|reduce|decreased?|lowered|savings?|less|fewer|faster)\b/i.test(text)) return 'reduction';
  if (/\b(?:improved?|improvement|speedup|speed-up)\b/i.test(text))
    return isBetterHigh(text) ? 'increase' : 'reduction';
  return /\b(?:increased by|growth|gain)\b/i.test(text) ? 'increase' : undefined;
}

/** Whether more of it is better. */
export function isBetterHigh(metric: string): boolean {
  return /\bhit[- _]?(?:rate|ratio)|throughput|availability|uptime|coverage|success|reuse|\bhits\b|reduction|savings?|speedup|improvement/i.test(
    metric,
  );
}
