import type { Clock } from '../../core/clock.ts';
import { formatHostPort, parseHostPort } from '../../core/environment/hosts.ts';
import { addressOf, RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';

export type Presence = 'there' | 'missing' | 'unknown';

const batch = 500;
/** From the first server asked to the one that has the slot, and once more when it moved meanwhile. */
const mostHops = 3;

/** Asks for keys, on whichever of a deployment's servers holds them; in a cluster the servers say which that is. */
export class KeyLookup {
  readonly #targets: readonly RedisTarget[];
  readonly #clock: Clock;
  readonly #links = new Map<string, RedisLink>();

  /** `targets`: `findPrimaries`. */
  constructor(targets: readonly RedisTarget[], clock: Clock) {
    this.#targets = targets;
    this.#clock = clock;
  }

  /** Whether each key is there; expired ones are not. Throws OpsError when a server cannot be asked. */
  async exist(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Presence>> {
    const found = new Map<string, Presence>(keys.map((key) => [key, 'unknown']));
    const [first] = this.#targets;
    let left = new Map(first ? [[addressOf(first), [...found.keys()]]] : []);
    for (let hop = 0; hop < mostHops && left.size > 0; hop += 1) {
      const moved = new Map<string, string[]>();
      for (const [address, some] of left) {
        for (let at = 0; at < some.length; at += batch) {
          await this.#ask(address, some.slice(at, at + batch), signal, found, moved);
        }
      }
      left = moved;
    }
    return found;
  }

  /** Keys with a prefix, in no order, of all servers in turn; at most `most`. */
  async sample(
    prefix: string,
    { most, page, pause }: { readonly most: number; readonly page: number; readonly pause: () => Promise<void> },
    signal: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly complete: boolean }> {
    const keys = new Set<string>();
    const each = Math.ceil(most / Math.max(1, this.#targets.length));
    let complete = true;
    for (const [index, target] of this.#targets.entries()) {
      let cursor = '0';
      do {
        if (keys.size >= each * (index + 1)) {
          complete = false;
          break;
        }
        const from = cursor;
        const [next, found] = await this.#link(addressOf(target)).use(signal, (redis) =>
          redis.scan(from, 'MATCH', `${escapeGlob(prefix)}*`, 'COUNT', page),
        );
        cursor = next;
        for (const key of found) keys.add(key);
        if (cursor !== '0') await pause();
      } while (cursor !== '0');
    }
    return { keys: [...keys].slice(0, most), complete: complete && keys.size <= most };
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
  }

  async #ask(
    address: string,
    keys: readonly string[],
    signal: AbortSignal,
    found: Map<string, Presence>,
    moved: Map<string, string[]>,
  ): Promise<void> {
    const commands = keys.map((key) => ['exists', key]);
    const replies = await this.#link(address).use(signal, (redis) => redis.pipeline(commands).exec());
    for (const [index, key] of keys.entries()) {
      const [error, reply] = replies?.[index] ?? [];
      if (!error) {
        if (typeof reply === 'number') found.set(key, reply > 0 ? 'there' : 'missing');
        continue;
      }
      const to = /^MOVED \d+ (\S+)/.exec(error.message)?.[1];
      if (to !== undefined) {
        const place = placeOf(to, address);
        moved.set(place, [...(moved.get(place) ?? []), key]);
      } else if (!/^(NOPERM|ASK|TRYAGAIN|LOADING|CLUSTERDOWN)\b/.test(error.message)) throw error;
    }
  }

  #link(address: string): RedisLink {
    const known = this.#links.get(address);
    if (known) return known;
    const target = this.#targets.find((one) => addressOf(one) === address) ?? this.#likeTheOthers(address);
    const link = new RedisLink(() => Promise.resolve(target), this.#clock);
    this.#links.set(address, link);
    return link;
  }

  /** One that took slots over since the primaries were found: logged in to as they are. */
  #likeTheOthers(address: string): RedisTarget {
    const at = parseHostPort(address);
    const [first] = this.#targets;
    if (!at || !first) throw new Error(`No server at ${address}.`);
    return { ...first, endpoint: at, ...(first.tls && { tls: { ...first.tls, servername: at.host } }) };
  }
}

/** As Redis writes it: IPv6 without brackets, and no host where it is that of the server that was asked. */
function placeOf(to: string, asked: string): string {
  const colon = to.lastIndexOf(':');
  const port = Number(to.slice(colon + 1));
  return formatHostPort({ host: colon === 0 ? (parseHostPort(asked)?.host ?? '') : to.slice(0, colon), port });
}

/** For MATCH: what is special to it, as itself. */
export function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
}
