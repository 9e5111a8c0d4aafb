import type { KeyGroup, KeyPage, KeyspaceAnalysis, MemoryEstimate } from './model.ts';
import { ttlEdgesMs } from './model.ts';
import { prefixOf } from './prefix.ts';

const mostPrefixes = 2_000;
const mostBiggest = 25;
export const otherPrefixes = '(other prefixes)';

export interface NamedPrefix {
  readonly name: string;
  readonly prefix: string;
}

interface Group {
  keys: number;
  withoutExpiry: number;
  measuredKeys: number;
  measuredBytes: number;
}

/** Adds up pages. What it keeps does not grow with the number of keys. */
export class KeyspaceTally {
  readonly #namespaces: readonly NamedPrefix[];
  readonly #prefixes = new Map<string, Group>();
  readonly #types = new Map<string, Group>();
  readonly #total: Group = emptyGroup();
  readonly #buckets: number[] = Array.from({ length: ttlEdgesMs.length + 1 }, () => 0);
  #biggest: { key: string; type: string; bytes: number }[] = [];
  #gone = 0;
  #denied = 0;

  /** The environment's own namespaces are groups of their own, the longest prefix first. */
  constructor(namespaces: readonly NamedPrefix[] = []) {
    this.#namespaces = namespaces.toSorted((a, b) => b.prefix.length - a.prefix.length);
  }

  add({ keys, types, ttlsMs, bytes }: KeyPage): void {
    for (let index = 0; index < keys.length; index++) {
      this.#addKey(keys[index] ?? '', types[index] ?? '?', ttlsMs[index] ?? -3, bytes[index] ?? -1);
    }
  }

  result(): Pick<KeyspaceAnalysis, 'seen' | 'gone' | 'denied' | 'memory' | 'prefixes' | 'types' | 'ttl' | 'biggest'> {
    return {
      seen: this.#total.keys,
      gone: this.#gone,
      denied: this.#denied,
      memory: estimate(this.#total),
      prefixes: listGroups(this.#prefixes),
      types: listGroups(this.#types),
      ttl: { withoutExpiry: this.#total.withoutExpiry, buckets: [...this.#buckets] },
      biggest: this.#biggest.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostBiggest),
    };
  }

  #addKey(key: string, type: string, ttlMs: number, bytes: number): void {
    if (type === 'none' || ttlMs === -2) {
      this.#gone++;
      return;
    }
    if (type === '?' || ttlMs === -3) this.#denied++;
    count(this.#total, ttlMs, bytes);
    count(this.#groupOf(key), ttlMs, bytes);
    count(groupIn(this.#types, type === '?' ? 'not permitted' : type), ttlMs, bytes);
    if (ttlMs >= 0) {
      const longer = ttlEdgesMs.findIndex((edge) => ttlMs < edge);
      const bucket = longer === -1 ? ttlEdgesMs.length : longer;
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    }
    if (bytes > 0) this.#keepBiggest(key, type, bytes);
  }

  #groupOf(key: string): Group {
    const own = this.#namespaces.find(({ prefix }) => key.startsWith(prefix));
    const name = own ? own.prefix : prefixOf(key);
    const full = this.#prefixes.size >= mostPrefixes && !this.#prefixes.has(name);
    return groupIn(this.#prefixes, full ? otherPrefixes : name);
  }

  #keepBiggest(key: string, type: string, bytes: number): void {
    this.#biggest.push({ key, type, bytes });
    // Sorting now and then is cheaper than keeping the order.
    if (this.#biggest.length >= mostBiggest * 40) {
      this.#biggest = this.#biggest.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostBiggest);
    }
  }
}

function emptyGroup(): Group {
  return { keys: 0, withoutExpiry: 0, measuredKeys: 0, measuredBytes: 0 };
}

function groupIn(groups: Map<string, Group>, name: string): Group {
  const known = groups.get(name);
  if (known) return known;
  const made = emptyGroup();
  groups.set(name, made);
  return made;
}

function count(group: Group, ttlMs: number, bytes: number): void {
  group.keys++;
  if (ttlMs === -1) group.withoutExpiry++;
  if (bytes < 0) return;
  group.measuredKeys++;
  group.measuredBytes += bytes;
}

function estimate({ keys, measuredKeys, measuredBytes }: Group): MemoryEstimate {
  const bytes = measuredKeys === 0 ? undefined : Math.round((measuredBytes / measuredKeys) * keys);
  return { measuredKeys, measuredBytes, bytes };
}

function listGroups(groups: ReadonlyMap<string, Group>): KeyGroup[] {
  return [...groups]
    .map(([name, group]) => ({
      name,
      keys: group.keys,
      withoutExpiry: group.withoutExpiry,
      memory: estimate(group),
    }))
    .toSorted(
      (a, b) => (b.memory.bytes ?? 0) - (a.memory.bytes ?? 0) || b.keys - a.keys || a.name.localeCompare(b.name),
    );
}
