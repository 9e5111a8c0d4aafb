import { OpsError } from '../../core/errors.ts';
import { fine } from '../../core/flags/target.ts';
import type { FlagStore } from '../../core/flags/target.ts';
import { readFlagAnswer } from '../../core/flags/httpFlag.ts';
import { getText, sendText } from '../http.ts';
import type { HttpTarget } from '../http.ts';
import { statusError } from '../httpProbe.ts';
import { changedMeanwhile } from './fileStore.ts';

const limits = { timeoutMs: 10_000, maxBytes: 64 * 1024 };

/**
 * A flag behind an address: GET answers its value, PUT sets it, in the form in which it was answered. Where the server
 * tells states apart (ETag) it compares by itself; elsewhere the value is read once more just before.
 */
export function httpStore(url: string, open: () => Promise<HttpTarget>): FlagStore {
  const { host, pathname } = new URL(url);
  const where = `${host}${pathname}`;
  const ask = async <T>(work: (target: HttpTarget) => Promise<T>): Promise<T> => {
    const target = await open();
    try {
      return await work(target);
    } finally {
      target.close();
    }
  };
  const get = async (target: HttpTarget, signal: AbortSignal) => {
    const answer = await getText(target, '', signal, limits);
    if (answer.status < 200 || answer.status > 299) throw statusError(target, '', answer);
    return { etag: answer.etag, ...readFlagAnswer(answer.body, where) };
  };
  return {
    where,
    rollsOut: false,
    inspect: async (signal) => {
      await ask((target) => get(target, signal));
      return fine;
    },
    read: (signal) => ask(async (target) => (await get(target, signal)).value),
    write: async ({ expected, value }, signal) => {
      if (value === undefined)
        throw new OpsError('settings', `${where} can be set, but not taken out; nothing was changed.`);
      await ask(async (target) => {
        const found = await get(target, signal);
        if (found.value !== expected) throw changedMeanwhile(where, expected, found.value);
        const { body, type } = found.write(value);
        const headers = { 'content-type': type, ...(found.etag === undefined ? {} : { 'if-match': found.etag }) };
        const answer = await sendText(target, '', { method: 'PUT', body, headers }, signal, limits);
        if (answer.status === 412 || answer.status === 409)
          throw changedMeanwhile(where, expected, (await get(target, signal)).value);
        if (answer.status < 200 || answer.status > 299) throw statusError(target, '', answer);
      });
    },
    commands: (value) => [`PUT ${url}: ${value ?? ''}`],
  };
}
