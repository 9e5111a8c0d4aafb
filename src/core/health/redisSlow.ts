import { formatDuration, formatMilliseconds } from '../format.ts';
import type { Reading } from './reading.ts';
import type { WriteCalls } from './redisWrites.ts';

/** A command that took long, without its arguments: they may hold what must not be shown. */
export interface SlowCommand {
  readonly command: string;
  readonly tookMs: number;
  /** Wall clock of the server, ms since 1970. */
  readonly atMs: number;
}

/** A kind of delay that the server's latency monitor saw. */
export interface LatencyEvent {
  readonly event: string;
  readonly atMs: number;
  readonly latestMs: number;
  readonly worstMs: number;
}

/** What is asked about once a minute; `denied` where the user lacks the right. */
export interface SlowState {
  readonly slowLog: readonly SlowCommand[] | 'denied';
  readonly latency: readonly LatencyEvent[] | 'denied';
  /** Undefined where the server does not tell, or its user may not ask. */
  readonly writes?: WriteCalls | undefined;
}

/** Reads the SLOWLOG GET reply: id, seconds, microseconds, arguments, … Source: redis.io/commands/slowlog-get */
export function parseSlowLog(reply: unknown): SlowCommand[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return [];
    const [, seconds, micros, words]: readonly unknown[] = entry;
    const command: unknown = Array.isArray(words) ? words[0] : undefined;
    if (typeof command !== 'string') return [];
    return [{ command: command.toUpperCase(), tookMs: Number(micros) / 1000, atMs: Number(seconds) * 1000 }];
  });
}

/** Reads the LATENCY LATEST reply: event, seconds, latest ms, worst ms. Source: redis.io/commands/latency-latest */
export function parseLatency(reply: unknown): LatencyEvent[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return [];
    const [event, seconds, latestMs, worstMs]: readonly unknown[] = entry;
    if (typeof event !== 'string') return [];
    return [{ event, atMs: Number(seconds) * 1000, latestMs: Number(latestMs), worstMs: Number(worstMs) }];
  });
}

/** Of several servers as if they were one. */
export function mergeSlow(states: readonly SlowState[]): SlowState | undefined {
  const [first] = states;
  if (!first) return undefined;
  const logs = states.flatMap(({ slowLog }) => (slowLog === 'denied' ? [] : slowLog));
  const events = states.flatMap(({ latency }) => (latency === 'denied' ? [] : latency));
  return {
    slowLog: states.every(({ slowLog }) => slowLog === 'denied') ? 'denied' : logs.toSorted((a, b) => b.atMs - a.atMs),
    latency: states.every(({ latency }) => latency === 'denied')
      ? 'denied'
      : events.toSorted((a, b) => b.atMs - a.atMs),
  };
}

export function slowReadings({ slowLog, latency }: SlowState, user: string, nowMs: number): Reading[] {
  return [slowLogReading(slowLog, user, nowMs), latencyReading(latency, user, nowMs)];
}

function slowLogReading(entries: SlowState['slowLog'], user: string, nowMs: number): Reading {
  const base = { id: 'slowLog', label: 'Slow log' };
  if (entries === 'denied') return { ...base, ...denied(user, 'slowlog|get') };
  const [latest] = entries;
  if (!latest) return { ...base, value: 'empty', state: 'fact', detail: slowLogSource };
  const counts = new Map<string, number>();
  for (const { command } of entries) counts.set(command, (counts.get(command) ?? 0) + 1);
  const byCommand = [...counts].toSorted((a, b) => b[1] - a[1]).map(([command, count]) => `${count} × ${command}`);
  return {
    ...base,
    value: `${latest.command} ${formatMilliseconds(latest.tookMs)}, ${formatDuration(nowMs - latest.atMs)} ago`,
    state: 'fact',
    detail: `The latest ${entries.length}: ${byCommand.join(', ')}. ${slowLogSource}`,
  };
}

const slowLogSource = 'Commands slower than slowlog-log-slower-than; asked for once a minute, arguments left out.';

function latencyReading(events: SlowState['latency'], user: string, nowMs: number): Reading {
  const base = { id: 'latency', label: 'Latency events' };
  if (events === 'denied') return { ...base, ...denied(user, 'latency|latest') };
  const [latest] = events.toSorted((a, b) => b.atMs - a.atMs);
  if (!latest) return { ...base, value: 'none recorded', state: 'fact', detail: latencySource };
  const all = events.map(({ event, latestMs, worstMs }) => `${event} ${latestMs} ms (worst ${worstMs} ms)`);
  return {
    ...base,
    value: `${latest.event} ${latest.latestMs} ms, ${formatDuration(nowMs - latest.atMs)} ago`,
    state: 'fact',
    detail: `${all.join(', ')}. ${latencySource}`,
  };
}

const latencySource =
  'By the server’s latency monitor, which records only when latency-monitor-threshold is above 0. Asked for once a minute.';

function denied(user: string, right: string): Omit<Reading, 'id' | 'label'> {
  return {
    value: 'not permitted',
    state: 'fact',
    detail: `Nothing is said of it. An administrator can allow it: ACL SETUSER ${user} +${right}`,
  };
}
