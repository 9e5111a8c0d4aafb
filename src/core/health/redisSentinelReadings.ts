import { formatHostPort } from '../environment/hosts.ts';
import type { Reading } from './reading.ts';
import type { RedisInfo } from './redisInfo.ts';
import type { SentinelState, SentinelView } from './redisTopology.ts';

/** What the sentinels say of the primary, whether they could replace it, and one row for each that says nothing. */
export function sentinelReadings(state: SentinelState, address: string, info: RedisInfo | undefined): Reading[] {
  return [
    primary(state, address, info),
    ...replicas(state, info),
    quorum(state),
    ...state.views.flatMap((view) => silent(view) ?? []),
  ];
}

function primary({ name, views }: SentinelState, address: string, info: RedisInfo | undefined): Reading {
  const base = { id: 'sentinelPrimary', label: 'Primary by Sentinel', value: `${name} is ${address}` };
  const others = views.flatMap((view) => {
    const said = view.primary && formatHostPort(view.primary);
    return said === undefined || said === address ? [] : [`${view.address} says ${said}`];
  });
  const down = views.filter(({ primary: seen }) => seen?.flags.some((flag) => /^[so]_down$/.test(flag)));
  if (info?.role !== undefined && info.role !== 'master') {
    return {
      ...base,
      state: 'degraded',
      detail: `${address} says of itself that it is a replica: a failover may be under way. Writes to it fail.`,
    };
  }
  if (others.length > 0) {
    return { ...base, state: 'degraded', detail: `The sentinels do not agree: ${others.join(', ')}.` };
  }
  if (down.length > 0) {
    const who = down.map((view) => view.address).join(', ');
    return { ...base, state: 'degraded', detail: `Seen as down by ${who}, though it answers here.` };
  }
  return { ...base, state: 'healthy', detail: 'Named by the sentinels, and it says itself that it is the primary.' };
}

/** The sentinels remember replicas that are down; the primary itself knows only those that are linked. */
function replicas({ views }: SentinelState, info: RedisInfo | undefined): Reading[] {
  const known = Math.max(...views.map(({ primary: seen }) => seen?.replicas ?? 0));
  if (known === 0 || info?.role !== 'master') return [];
  const linked = (info.replicas ?? []).filter((one) => one.state === 'online').length;
  const base = { id: 'sentinelReplicas', label: 'Replicas by Sentinel', value: `${linked} of ${known} linked` };
  if (linked >= known) return [{ ...base, state: 'healthy', detail: 'Each replica that the sentinels know of.' }];
  const lost = linked === 0 ? 'nothing could take over now' : 'fewer could take over than should';
  return [
    {
      ...base,
      state: 'degraded',
      detail: `The others are down or not linked: ${lost}. One that was taken away on purpose is forgotten by SENTINEL RESET.`,
    },
  ];
}

function quorum({ views }: SentinelState): Reading {
  const answering = views.filter(({ failure }) => !failure);
  const needed = answering[0]?.primary?.quorum;
  const wanted = needed === undefined ? '' : `, quorum ${needed}`;
  const base = { id: 'sentinels', label: 'Sentinels', value: `${answering.length} of ${views.length} answer${wanted}` };
  const lost = answering.find((view) => view.quorum?.reached === false);
  if (lost) {
    return {
      ...base,
      state: 'degraded',
      detail: `No failover is possible now. ${lost.address} says: ${lost.quorum?.words ?? ''}`,
    };
  }
  if (answering.length < views.length) {
    return { ...base, state: 'degraded', detail: 'Some sentinels of the settings do not answer.' };
  }
  if (answering.some((view) => view.quorum === undefined)) {
    return { ...base, state: 'unknown', detail: 'The user on the sentinels may not ask SENTINEL CKQUORUM.' };
  }
  return { ...base, state: 'healthy', detail: 'Enough sentinels see each other to agree on a failover.' };
}

function silent({ address, failure }: SentinelView): Reading | undefined {
  return (
    failure && {
      id: `sentinel/${address}`,
      label: `Sentinel ${address}`,
      value: failure.message,
      state: 'degraded',
      ...(failure.next === undefined ? {} : { detail: failure.next }),
    }
  );
}
