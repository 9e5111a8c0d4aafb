// Starts a scratch Redis and a scratch Qdrant, and a folder without a server, says where, and waits until it is killed: an
// editor that crashes in the middle of a test: `node scratchUntilKilled.ts REDIS_SERVER QDRANT`.
import { makeScratchFolder } from '../../../src/clients/backup/scratchFolder.ts';
import { startScratchQdrant, startScratchRedis } from '../../../src/clients/backup/scratchServer.ts';

const [redisServer = '', qdrant = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const redis = await startScratchRedis(redisServer, await makeScratchFolder(), signal);
const { folder, url } = await startScratchQdrant(qdrant, await makeScratchFolder(), signal);
const alone = await makeScratchFolder();
console.log(JSON.stringify({ socket: redis.socket, url, folders: [redis.folder, folder], alone }));
setInterval(() => undefined, 1_000);
