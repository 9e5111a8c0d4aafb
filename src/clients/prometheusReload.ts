import * as z from 'zod/mini';
import { systemClock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import { formatDuration } from '../core/format.ts';
import type { ServiceIdentity } from '../core/operations/identity.ts';
import type { Operation, PlanContext, RunContext, Verification } from '../core/operations/operation.ts';
import type { Plan, PlanDraft } from '../core/operations/plan.ts';
import { groupName } from '../core/watch/prometheusRules.ts';
import type { HttpTarget } from './http.ts';
import { reachedAt, sendText } from './http.ts';
import { askJson, statusError } from './httpProbe.ts';
import { buildAnswer, runtimeAnswer } from './prometheusAnswers.ts';
import { nothingReached } from './reached.ts';

// Prometheus' management and status API: prometheus.io/docs/prometheus/latest/management_api and …/querying/api.

const flagsAnswer = z.object({ data: z.record(z.string(), z.string()) });

const startAnswer = z.object({ data: z.object({ startTime: z.optional(z.string()) }) });

const groupsAnswer = z.object({
  data: z.object({
    groups: z.array(z.object({ name: z.string(), file: z.optional(z.string()), rules: z.array(z.unknown()) })),
  }),
});

/** A large configuration is loaded in seconds. */
const reloadTimeoutMs = 60_000;

/** What was so before. */
interface Before {
  /** ms since 1970; undefined where the server does not say. */
  readonly loadedAtMs: number | undefined;
  readonly groups: ReadonlyMap<string, number>;
}

/**
 * Has Prometheus read its configuration and rules again. `openTarget` throws OpsError where it is not set up. Refused
 * beforehand where its lifecycle interface is off; a broken configuration is refused by Prometheus, which keeps the old one.
 */
export class PrometheusReload implements Operation<Before> {
  readonly kind = 'reloadPrometheus';
  readonly title = 'Reload Prometheus';
  readonly request = {};
  readonly environment: Environment;
  readonly #openTarget: () => Promise<HttpTarget>;
  #target: HttpTarget | undefined;

  constructor(environment: Environment, openTarget: () => Promise<HttpTarget>) {
    this.environment = environment;
    this.#openTarget = openTarget;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const [version, start] = await Promise.all([
      this.#ask(signal, '/api/v1/status/buildinfo', buildAnswer),
      this.#ask(signal, '/api/v1/status/runtimeinfo', startAnswer),
    ]);
    const startTime = start?.data.startTime;
    const { resolved } = this.#target ? reachedAt(this.#target) : nothingReached;
    return [
      {
        service: 'Prometheus',
        address: await this.#address(),
        resolved,
        version: version ?? undefined,
        marks: startTime === undefined ? {} : { 'start time': startTime },
      },
    ];
  }

  async plan({ signal, clock }: PlanContext): Promise<PlanDraft<Before>> {
    const address = await this.#address();
    const [flags, runtime, groups] = await Promise.all([
      this.#ask(signal, '/api/v1/status/flags', flagsAnswer),
      this.#ask(signal, '/api/v1/status/runtimeinfo', runtimeAnswer),
      this.#groups(signal),
    ]);
    const lifecycle = flags?.data['web.enable-lifecycle'];
    const loadedAtMs = timeOf(runtime?.at);
    const since = loadedAtMs === undefined ? '' : `, loaded ${formatDuration(clock.wallMs() - loadedAtMs)} ago`;
    return {
      effect: 'changing',
      summary: `Prometheus ${address} reads its configuration and rules again`,
      targets: [
        {
          what: `Configuration of Prometheus ${address}`,
          detail: `${flags?.data['config.file'] ?? 'its file'}${since}`,
        },
      ],
      irreversible: [],
      undo: 'Put the files back as they were and reload again. A configuration that it cannot read is not taken: the old one stays in force.',
      warnings: [
        ...(runtime?.succeeded === false
          ? ['The last reload failed: an older configuration than that of the file is in force.']
          : []),
        ...(lifecycle === undefined ? ['It does not say whether it may be reloaded from outside.'] : []),
      ],
      obstacles:
        lifecycle === 'false'
          ? ['Prometheus was started without --web.enable-lifecycle: it reloads on SIGHUP, or when it is restarted.']
          : [],
      steps: [{ id: 'reload', title: 'Reload', commands: [`curl -X POST ${this.#target?.baseUrl ?? ''}/-/reload`] }],
      detail: { loadedAtMs, groups },
    };
  }

  async run(_plan: Plan<Before>, context: RunContext): Promise<void> {
    await context.step('reload', async ({ signal }) => {
      const target = await this.#open();
      const path = '/-/reload';
      const answer = await sendText(target, path, { method: 'POST' }, signal, { timeoutMs: reloadTimeoutMs });
      if (answer.status >= 200 && answer.status < 300) return;
      if (answer.status === 500) throw refused(answer.body);
      if (answer.status === 403) {
        throw new OpsError('permission', 'Prometheus may not be reloaded from outside (HTTP 403).', {
          next: 'Start it with --web.enable-lifecycle, or send it SIGHUP.',
        });
      }
      throw statusError(target, path, answer);
    });
  }

  async verify(
    { detail }: Plan<Before>,
    { ended }: { readonly ended: string },
    signal: AbortSignal,
  ): Promise<Verification> {
    const [runtime, groups] = await Promise.all([
      this.#ask(signal, '/api/v1/status/runtimeinfo', runtimeAnswer),
      this.#groups(signal),
    ]);
    const findings = groupFindings(this.environment, detail.groups, groups);
    if (!runtime) {
      const why = 'it does not say whether a reload succeeded';
      return { verdict: { kind: 'inconclusive', why }, findings };
    }
    const since = runtime.at === undefined ? 'before' : runtime.at;
    if (!runtime.succeeded) {
      const why = `the configuration in the file was not taken; that of ${since} is still in force`;
      return { verdict: { kind: 'failed', why }, findings };
    }
    const atMs = timeOf(runtime.at);
    if (ended !== 'completed' || (atMs !== undefined && detail.loadedAtMs !== undefined && atMs < detail.loadedAtMs))
      return { verdict: { kind: 'failed', why: `the configuration in force is that of ${since}` }, findings };
    return { verdict: { kind: 'passed' }, findings: [`The configuration of ${since} is in force.`, ...findings] };
  }

  close(): void {
    this.#target?.close();
    this.#target = undefined;
  }

  async #open(): Promise<HttpTarget> {
    return (this.#target ??= await this.#openTarget());
  }

  async #address(): Promise<string> {
    return new URL((await this.#open()).baseUrl).host;
  }

  async #ask<T>(signal: AbortSignal, path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    return askJson({ target: await this.#open(), signal, clock: systemClock }, path, schema);
  }

  /** Rule groups by name, with how many rules each has. */
  async #groups(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const answer = await this.#ask(signal, '/api/v1/rules', groupsAnswer);
    return new Map(answer?.data.groups.map(({ name, rules }) => [name, rules.length]));
  }
}

/** Of a broken rule file the answer says only that there is one. */
function refused(body: string): OpsError {
  const says = body.replaceAll(/\s+/g, ' ').trim().slice(0, 400);
  return new OpsError('protocol', `Prometheus refused its configuration and keeps the old one. It said: “${says}”.`, {
    next: 'Check the files with “promtool check config”, which says where the fault is.',
  });
}

function groupFindings(
  environment: Environment,
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): readonly string[] {
  const name = groupName(environment);
  const own = now.get(name);
  const gone = [...before.keys()].filter((one) => !now.has(one));
  return [
    ...(own === undefined ? [] : [`The rule group “${name}” is loaded, with ${own} ${own === 1 ? 'rule' : 'rules'}.`]),
    ...(gone.length === 0 ? [] : [`Rule groups that are no longer loaded: ${gone.join(', ')}.`]),
  ];
}

function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
