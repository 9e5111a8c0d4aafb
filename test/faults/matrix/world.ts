import { writeFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { startQdrantNode } from '../../live/support/qdrantNode.ts';
import { startRedis } from '../../sandbox/redis.ts';
import { findFreePort } from '../../sandbox/serverProcess.ts';
import { ApplicationStandIn } from './applicationStandIn.ts';
import { filesIn, gitIn, qdrantAt, redisAt } from './everything.ts';
import type { Place } from './place.ts';
import type { Everything } from './scenario.ts';

/** `platform`: whatever a flag's program talks to, a cluster, an engine, another machine (stand-ins: programs.ts). */
export type ServerName = 'redis' | 'qdrant' | 'application' | 'platform';

interface Running {
  stop(): Promise<void>;
  /** At once; settles when it has ended. */
  kill(): Promise<unknown>;
}

/** A folder and the servers of one scenario, which survive being killed: what they had is there when they are started again. */
export class World {
  readonly place: Place;
  readonly application: ApplicationStandIn;
  readonly #running = new Map<ServerName, Running>();
  /** Of those that were killed: settled when they are gone. */
  readonly #ending: Promise<unknown>[] = [];
  readonly #wanted: readonly ServerName[];

  private constructor(place: Place, wanted: readonly ServerName[]) {
    this.place = place;
    this.#wanted = wanted;
    this.application = new ApplicationStandIn(place.applicationPort);
  }

  static async create(folder: string, wanted: readonly ServerName[]): Promise<World> {
    await rm(folder, { recursive: true, force: true });
    const [redisPort, qdrantPort, applicationPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
    const [workspace, scratch] = [path.join(folder, 'workspace'), path.join(folder, 'tmp')];
    const place = { name: path.basename(folder), folder, workspace, scratch, redisPort, qdrantPort, applicationPort };
    const world = new World(place, wanted);
    await mkdir(workspace, { recursive: true });
    await mkdir(scratch);
    await mkdir(world.platform);
    await world.mend();
    return world;
  }

  /** At once, as a crash would. */
  kill(name: ServerName): void {
    const server = this.#running.get(name);
    this.#running.delete(name);
    if (server) this.#ending.push(server.kill());
  }

  /** Starts again what was killed. */
  async mend(): Promise<void> {
    await Promise.all(this.#ending.splice(0));
    for (const name of this.#wanted) if (!this.#running.has(name)) this.#running.set(name, await this.#start(name));
  }

  /** Another server in its place, which has none of its data. */
  async replace(name: 'redis' | 'qdrant'): Promise<void> {
    this.kill(name);
    await Promise.all(this.#ending.splice(0));
    await rm(path.join(this.place.folder, name), { recursive: true });
    await this.mend();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((server) => server.stop()));
    await rm(this.place.folder, { recursive: true, force: true });
  }

  get platform(): string {
    return path.join(this.place.folder, 'platform');
  }

  async redis<T>(work: (client: Redis) => Promise<T>, db = 0): Promise<T> {
    const client = new Redis(this.place.redisPort, '127.0.0.1', { db, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** The workspace as it was put aside under that name. */
  async bringBack(name: string): Promise<void> {
    await rm(this.place.workspace, { recursive: true, force: true });
    await cp(path.join(this.place.folder, name), this.place.workspace, { recursive: true, verbatimSymlinks: true });
  }

  async putAside(name: string): Promise<void> {
    await cp(this.place.workspace, path.join(this.place.folder, name), { recursive: true, verbatimSymlinks: true });
  }

  /** Nothing is known of what was done before. */
  async forget(): Promise<void> {
    for (const name of ['journal', 'locks'])
      await rm(path.join(this.place.folder, name), { recursive: true, force: true });
    await rm(this.place.scratch, { recursive: true, force: true });
    await mkdir(this.place.scratch);
  }

  async everything(): Promise<Everything> {
    const { workspace, scratch, redisPort, qdrantPort } = this.place;
    const has = (name: ServerName): boolean => this.#running.has(name);
    const lists = await Promise.all([
      filesIn(workspace, 'file'),
      filesIn(scratch, 'scratch'),
      gitIn(workspace),
      filesIn(this.platform, 'platform', String),
      has('redis') ? redisAt(redisPort) : [],
      has('qdrant') ? qdrantAt(`http://127.0.0.1:${qdrantPort}`) : [],
    ]);
    return new Map([...lists.flat(), ...(has('application') ? this.application.everything() : [])]);
  }

  async #start(name: ServerName): Promise<Running> {
    const { folder, redisPort, qdrantPort } = this.place;
    if (name === 'application') {
      await this.application.start();
      return { stop: () => this.application.stop(), kill: () => this.application.stop() };
    }
    if (name === 'platform') return this.#startPlatform();
    const server =
      name === 'redis'
        ? await startRedis({
            folder: path.join(folder, 'redis'),
            port: redisPort,
            // What it has confirmed is written before it says so; only the machine's own crash would lose it.
            config: { appendonly: 'yes', appendfsync: 'no', 'repl-diskless-sync-delay': '0' },
          })
        : await startQdrantNode({ folder: path.join(folder, 'qdrant'), port: qdrantPort });
    const kill = (): Promise<unknown> => {
      process.kill(server.pid, 'SIGKILL');
      return server.exited;
    };
    return { stop: () => server.stop(), kill };
  }

  async #startPlatform(): Promise<Running> {
    const down = path.join(this.platform, 'down');
    await rm(down, { force: true });
    const kill = (): Promise<void> => {
      writeFileSync(down, '');
      return Promise.resolve();
    };
    return { stop: kill, kill };
  }
}
