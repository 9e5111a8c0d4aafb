import { formatCountOf, formatDuration } from '../format.ts';
import type { RedisInfo } from '../health/redisInfo.ts';
import { memoryTrouble } from '../health/redisMemory.ts';
import { isForFailedSave } from '../health/redisPersistence.ts';
import { lacksReplicas } from '../health/redisReplication.ts';
import { redisCommand } from '../operations/flush/redisWords.ts';
import type { Verification } from '../operations/operation.ts';
import type { PlanSection } from '../operations/plan.ts';
import { worstVerdict } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import { writeGuard } from './writeState.ts';
import type { WriteState } from './writeState.ts';

export const settingWarning =
  'The setting is changed in memory only: a restart goes by the configuration file again, and a replica that takes over by its own setting.';

/** What is at stake on a server that takes writes without having saved. */
export function riskWords({ address, info }: WriteState, nowMs: number): string {
  if (!info) return `${address}: what it takes is in memory only until a save succeeds; a crash or restart loses it.`;
  if (isAppended(info))
    return `${address}: what it takes is not in its snapshot. Its append-only file is written, and a restart reads that.`;
  const age = saveAge(info, nowMs);
  const since = age === undefined ? 'since the last good save' : `since the last good save, ${age} ago`;
  const changes = info.rdb_changes_since_last_save;
  const soFar = changes === undefined ? '' : ` (${formatCountOf(changes, 'change')} so far)`;
  const replicas = info.replicas?.length ? ', and its replicas follow it in that' : '';
  return `${address}: what it holds is in memory only. A crash or restart loses everything ${since}${soFar}${replicas}, until a save succeeds.`;
}

/** It may not be needed after all. */
export function savingWords({ address, info }: WriteState): readonly string[] {
  if (!info?.rdb_bgsave_in_progress) return [];
  return [`${address} is saving just now: if that goes well, it takes writes without this.`];
}

/** What else keeps it from taking writes, which the setting does not change. */
export function otherRefusals({ address, info }: WriteState): readonly string[] {
  if (!info) return [];
  const memory = memoryTrouble(info);
  return [
    ...(memory === undefined ? [] : [`${address}: ${memory}`]),
    ...(lacksReplicas(info)
      ? [`${address}: min-replicas-to-write wants a replica, and none follows: it refuses writes for that as well.`]
      : []),
    ...(info.aof_enabled && !isAppended(info)
      ? [`${address}: its append-only file cannot be written either: it refuses writes for that as well.`]
      : []),
  ];
}

/** Of a server that refuses writes: what keeps it from being changed, with the other way out. */
export function obstacleWords({ address, user, identity, refusal = '', denied }: WriteState): readonly string[] {
  if (identity.role === 'replica')
    return [`${address} is a replica and takes no writes. Name its primary, or its sentinels, in the environment.`];
  if (!isForFailedSave(refusal))
    return [
      `${address} refuses writes, and not because a save failed, so ${writeGuard} does not change that. It says: ${refusal.trim()}`,
    ];
  if (denied === undefined) return [];
  const right = denied.startsWith('NOPERM')
    ? `An administrator can allow it: ACL SETUSER ${user} +config|set.`
    : 'Where the service has a console, the setting may be found there.';
  return [
    `${address}: ${user} may not set ${writeGuard} (${denied}). ${right} The other way out: make room for its snapshot and have it save (BGSAVE); once one succeeds, it takes writes.`,
  ];
}

/** Of a server that refuses nothing. */
export function takenWords({ address, info, guard, savePoints }: WriteState): string {
  if (info?.rdb_last_bgsave_status !== 'err') return `${address} takes writes.`;
  if (savePoints === '') return `${address} takes writes: its last save failed, but it has no save points.`;
  const why = guard === 'no' ? `, but ${writeGuard} is no already` : '';
  return `${address} takes writes: its last save failed${why}.`;
}

/** A row for each primary, tabs between the cells. */
export function stateTable(states: readonly WriteState[], nowMs: number): readonly string[] {
  return [
    `Primary\tWrites\tLast save\tLast good save\tChanges since\tSave points\t${writeGuard}`,
    ...states.map(({ address, refusal, info, savePoints, guard }) =>
      [
        address,
        refusal === undefined ? 'taken' : 'refused',
        info?.rdb_last_bgsave_status,
        info && saveAge(info, nowMs, ' ago'),
        info?.rdb_changes_since_last_save,
        savePoints === '' ? 'none' : savePoints,
        guard,
      ]
        .map((cell) => cell ?? 'not told')
        .join('\t'),
    ),
  ];
}

/** What those say that refuse writes; each wording once. */
export function refusalSection(states: readonly WriteState[]): PlanSection {
  const words = states.flatMap(({ refusal }) => refusal?.trim() ?? []);
  return { title: 'In the server’s words', lines: [...new Set(words)] };
}

/** What is left to do once writes are taken. */
export function afterwards(states: readonly WriteState[]): readonly PlanSection[] {
  const commands = states.flatMap((state) => {
    const cli = redisCommand({ ...state, db: 0 });
    return [`${cli} BGSAVE`, `${cli} INFO persistence`, `${cli} CONFIG SET ${writeGuard} yes`];
  });
  return [
    {
      title: 'Afterwards',
      lines: [
        'Find out why the save failed: the server’s log says so. Usually its disk is full, or there is too little memory to fork.',
        'Make room and have it save, until rdb_last_bgsave_status is ok. Then set it back, so that the next failure is noticed.',
      ],
    },
    { title: 'Commands for that', lines: commands, as: 'code' },
  ];
}

/** Whether the servers of these addresses take writes, as they were to; one that is not there is no primary any more. */
export function judgeWrites(planned: readonly string[], now: readonly WriteState[]): Verification {
  const there = now.filter(({ address }) => planned.includes(address));
  const verdicts = planned.map((address) =>
    verdictOf(
      address,
      there.find((one) => one.address === address),
    ),
  );
  const taking = there.filter(({ refusal }) => refusal === undefined);
  const who = taking.map(({ address }) => address).join(', ');
  const isSaved = taking.every(({ info }) => info?.rdb_last_bgsave_status === 'ok');
  const next = isSaved ? 'A save has succeeded since:' : 'Nothing is saved yet: make room, BGSAVE, then';
  return {
    verdict: worstVerdict(verdicts),
    findings: [
      ...(taking.length === 0
        ? []
        : [`Writes are taken by ${who}: PING is answered, which is refused as long as writes are.`]),
      ...(taking.some(({ guard }) => guard !== 'yes') ? [`${next} CONFIG SET ${writeGuard} yes.`] : []),
      ...there.flatMap(otherRefusals),
    ],
  };
}

function verdictOf(address: string, now: WriteState | undefined): Verdict {
  if (!now) return failed(`${address} is no primary of this environment any more`);
  const { refusal, guard } = now;
  if (refusal !== undefined && isForFailedSave(refusal)) return failed(`${address} still refuses every write`);
  if (refusal !== undefined) return failed(`${address} refuses every write, now with: ${refusal.trim()}`);
  if (guard === undefined)
    return { kind: 'inconclusive', why: `whether ${writeGuard} of ${address} is no may not be read` };
  return guard === 'no' ? { kind: 'passed' } : failed(`${writeGuard} of ${address} is ${guard}`);
}

function failed(why: string): Verdict {
  return { kind: 'failed', why };
}

function isAppended({ aof_enabled: enabled, aof_last_write_status: last }: RedisInfo): boolean {
  return !!enabled && (last === undefined || last === 'ok');
}

/** By the server’s clock, where it tells that. A server that never saved counts from its start. */
function saveAge(info: RedisInfo, nowMs: number, ending = ''): string | undefined {
  if (info.rdb_last_save_time === undefined) return undefined;
  const serverNowMs = info.server_time_usec === undefined ? nowMs : info.server_time_usec / 1000;
  return `${formatDuration(serverNowMs - info.rdb_last_save_time * 1000)}${ending}`;
}
