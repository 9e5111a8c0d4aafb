import type { StandInAnswer } from './httpStandIn.ts';

/**
 * What a healthy Grafana answers, by path: there is none that could be started here, so it is written from the
 * documentation of its HTTP API.
 */
export const healthyGrafana: Readonly<Record<string, StandInAnswer>> = {
  '/api/health': { body: { commit: 'abc', database: 'ok', version: '11.2.0' } },
  '/api/search': { body: [{ uid: 'cache-1', title: 'Cache overview' }] },
  '/api/datasources': { body: [{ uid: 'p1', name: 'Prometheus', type: 'prometheus' }] },
  '/api/datasources/uid/p1/health': { body: { status: 'OK', message: 'Successfully queried the Prometheus API.' } },
  '/api/prometheus/grafana/api/v1/rules': {
    body: {
      status: 'success',
      data: { groups: [{ rules: [{ type: 'alerting', name: 'Slow', state: 'inactive', health: 'ok', alerts: [] }] }] },
    },
  },
};

/** The answer to a request, as `startHttpStandIn` wants it. */
export function answerAs(answers: Readonly<Record<string, StandInAnswer>>) {
  return ({ url = '' }: { readonly url?: string | undefined }): StandInAnswer =>
    answers[new URL(url, 'http://localhost').pathname] ?? { status: 404, body: { message: 'Not found' } };
}
