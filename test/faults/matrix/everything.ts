import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import * as z from 'zod/mini';

type Things = readonly (readonly [name: string, holds: string])[];

/** `file backups/staging/…/manifest.json` and the like; git's own folder has `gitIn`. */
export async function filesIn(
  folder: string,
  kind: string,
  holdsOf: (bytes: Buffer) => string = hashOf,
): Promise<Things> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => !one.isDirectory() && !one.isSocket());
  const found = await Promise.all(
    files.map(async (one): Promise<readonly [string, string]> => {
      const at = path.join(one.parentPath, one.name);
      const holds = one.isSymbolicLink() ? `→ ${await readlink(at)}` : holdsOf(await readFile(at));
      return [`${kind} ${path.relative(folder, at)}`, holds];
    }),
  );
  return found.filter(([name]) => !name.startsWith(`${kind} .git/`));
}

/** Every reference with its commit, and what is checked out; read as they lie there, which takes no time. */
export async function gitIn(folder: string): Promise<Things> {
  const git = path.join(folder, '.git');
  const head = await readFile(path.join(git, 'HEAD'), 'utf8').catch(() => undefined);
  if (head === undefined) return [];
  const references = await filesIn(path.join(git, 'refs'), 'git');
  const commits = references.map(async ([name]): Promise<readonly [string, string]> => {
    const reference = `refs/${name.slice('git '.length)}`;
    return [`git ${reference}`, (await readFile(path.join(git, reference), 'utf8')).trim()];
  });
  return [['git HEAD', head.trim()], ...(await Promise.all(commits))];
}

/** Every key of the first two databases, `expires` for one that is only there for a while; and whether it takes writes. */
export async function redisAt(port: number): Promise<Things> {
  const found: (readonly [string, string])[] = [];
  for (const db of [0, 1]) {
    const client = new Redis(port, '127.0.0.1', { db });
    try {
      if (db === 0) found.push(['writes to redis', await client.ping().then(() => 'taken', String)]);
      const keys = (await client.keys('*')).toSorted();
      const ours = keys.filter((key) => key.startsWith('cacheops:'));
      for (const key of ours)
        found.push([`redis ${db} ${key}`, (await client.pttl(key)) > 0 ? 'expires' : 'stays for ever']);
      const others = keys.filter((key) => !ours.includes(key));
      const values = others.length === 0 ? [] : await client.mget(others);
      found.push(...others.map((key, index) => [`redis ${db} ${key}`, values[index] ?? ''] as const));
    } finally {
      client.disconnect();
    }
  }
  return found;
}

const named = z.object({ name: z.string() });
const collections = z.object({ result: z.object({ collections: z.array(named) }) });
const snapshots = z.object({ result: z.array(named) });
const points = z.object({ result: z.object({ points: z.array(z.object({ id: z.number() })) }) });

/** Every point of every collection by its id, and every snapshot that lies there. */
export async function qdrantAt(url: string): Promise<Things> {
  const ask = async (at: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(
      `${url}${at}`,
      body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) },
    );
    return answer.json();
  };
  const found: (readonly [string, string])[] = [];
  for (const { name } of collections.parse(await ask('/collections')).result.collections) {
    const at = `/collections/${name}`;
    const scroll = { limit: 10_000, with_payload: false };
    const ids = points.parse(await ask(`${at}/points/scroll`, scroll)).result.points.map(({ id }) => id);
    found.push([`qdrant ${name}`, '']);
    found.push(...ids.map((id) => [`qdrant ${name} ${id}`, ''] as const));
    const kept = snapshots.parse(await ask(`${at}/snapshots`)).result;
    found.push(...kept.map((one) => [`qdrant ${name} snapshot ${one.name}`, ''] as const));
  }
  return found;
}

export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
