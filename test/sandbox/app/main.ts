import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createAppMetrics } from './appMetrics.ts';
import { readConfig } from './config.ts';
import { openExactCache } from './exactCache.ts';
import { handle } from './routes.ts';
import { openSemanticCache } from './semanticCache.ts';

/** The exit code that asks whoever started us to start us again: what SIGHUP brings about. */
const RESTART = 75;

const config = readConfig(process.env);
const app = {
  config,
  startedAt: new Date(),
  stores: {
    exact: await openExactCache(config),
    semantic:
      config.semanticEnabled && config.qdrantUrl !== undefined
        ? openSemanticCache(config.qdrantUrl, config.qdrantCollection)
        : undefined,
    metrics: createAppMetrics(),
    enabled: config.cacheEnabled,
  },
};
// When Qdrant is away now, the first question after it has come back makes the collection.
await app.stores.semantic?.prepare().catch(() => {});

const server = createServer((request, response) => void handle(app, request, response));
server.listen(config.port, '127.0.0.1', () => {
  if (config.pidFile !== undefined) writeFileSync(config.pidFile, `${process.pid}\n`);
});

/** Requests that are being answered are answered; then we end. */
function end(code: number): void {
  app.stores.exact.close();
  if (config.pidFile !== undefined) rmSync(config.pidFile, { force: true });
  server.close(() => process.exit(code));
  server.closeIdleConnections();
  setTimeout(() => process.exit(code), 1000).unref();
}
process.on('SIGHUP', () => end(RESTART));
process.on('SIGINT', () => end(0));
process.on('SIGTERM', () => end(0));
