import { formatHostPort, httpHost } from '../../../environment/hosts.ts';
import type { LintDocument } from '../document.ts';
import { requestsOf } from '../request.ts';
import type { LintRequest } from '../request.ts';
import type { Found, LintFix, LintRule } from '../types.ts';
import { commandsWithPlaces } from './places.ts';

export const missingEndpoint: LintRule = {
  id: 'qdrant-endpoint-missing',
  severity: 'warning',
  documentation:
    'Qdrant has no `/health` (ask `/readyz`) and no `/collections/snapshot` (snapshots belong to a collection: `POST /collections/<name>/snapshots`).',
  *check(document) {
    const qdrants = hostsOf(document, 'qdrant');
    for (const { command } of commandsWithPlaces(document)) {
      for (const request of requestsOf(command)) {
        if (
          !/qdrant/i.test(request.authority) &&
          !request.authority.endsWith(':6333') &&
          !qdrants.has(request.authority)
        )
          continue;
        const found = missingInQdrant(request);
        if (found !== undefined) yield found;
      }
    }
  },
};

function missingInQdrant(request: LintRequest): Found | undefined {
  const { method, word } = request;
  const path = request.path.replace(/\/+$/, '');
  const range = request.pathRange ?? word.range;
  if (path === '/health') {
    return {
      message:
        'Qdrant has no /health: it answers 404. Ask /readyz, which answers "all shards are ready"; title and version are at /.',
      range,
      fixes: [
        ...replacePath(request, '/readyz', 'Ask /readyz'),
        ...replacePath(request, '/', 'Ask / for title and version'),
      ],
    };
  }
  if (path !== '/collections/snapshot' && path !== '/collections/snapshots') return undefined;
  const name = /"collection(?:_name)?"\s*:\s*"([\w.-]+)"/.exec(request.body)?.[1];
  const right = `POST /collections/${name ?? '<name>'}/snapshots`;
  if (method === 'PUT')
    return {
      message: `This creates a collection named "${path.slice(13)}" in Qdrant. A snapshot is taken with ${right}.`,
      range,
    };
  return {
    message: `Qdrant has no ${method} ${path}: it answers 404, and no snapshot is taken. Use ${right}.`,
    range,
    fixes:
      name === undefined || method !== 'POST'
        ? []
        : replacePath(request, `/collections/${name}/snapshots`, `Ask ${right}`),
  };
}

export const oldGrafanaAlerts: LintRule = {
  id: 'grafana-alerts-endpoint',
  severity: 'warning',
  documentation:
    'Grafana’s `POST /api/alerts` went with the alerting of old; rules are created with `POST /api/v1/provisioning/alert-rules`.',
  *check(document) {
    const grafanas = hostsOf(document, 'grafana');
    for (const { command } of commandsWithPlaces(document)) {
      for (const { method, authority, path, pathRange, word } of requestsOf(command)) {
        const isGrafana = /grafana/i.test(authority) || authority.endsWith(':3000') || grafanas.has(authority);
        if (!isGrafana || method !== 'POST' || !/^(?:.*\/)?api\/alerts\/?$/.test(path)) continue;
        yield {
          message:
            'Grafana no longer has POST /api/alerts. Create the rule with POST /api/v1/provisioning/alert-rules, which wants another body: folder, rule group and query data.',
          range: pathRange ?? word.range,
        };
      }
    }
  },
};

/** `host:port` of a service in all environments. */
function hostsOf({ context: { environments } }: LintDocument, service: 'qdrant' | 'grafana'): ReadonlySet<string> {
  const urls = environments.flatMap(({ settings }) => settings[service]?.url ?? []);
  return new Set(urls.flatMap((url) => httpHost(url) ?? []).map(formatHostPort));
}

function replacePath({ pathRange }: LintRequest, path: string, title: string): readonly LintFix[] {
  if (pathRange === undefined) return [];
  return [{ title, edits: [{ offset: pathRange.start, length: pathRange.end - pathRange.start, content: path }] }];
}
