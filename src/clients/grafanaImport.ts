import * as z from 'zod/mini';
import { systemClock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { Json } from '../core/operations/kind.ts';
import type { ServiceIdentity } from '../core/operations/identity.ts';
import type { Operation, PlanContext, RunContext, RunReport, Verification } from '../core/operations/operation.ts';
import type { Plan, PlanDraft, PlanStep } from '../core/operations/plan.ts';
import { dashboardOf, dashboardTitle, grafanaUid } from '../core/watch/grafanaDashboard.ts';
import { grafanaRules } from '../core/watch/grafanaRules.ts';
import type { GrafanaRules } from '../core/watch/grafanaRules.ts';
import { groupName } from '../core/watch/prometheusRules.ts';
import type { AlertRule } from '../core/watch/rule.ts';
import { rulesOf } from '../core/watch/rulesOf.ts';
import type { HttpMessage, HttpTarget } from './http.ts';
import { reachedAt, sendText } from './http.ts';
import { askJson, statusError } from './httpProbe.ts';

// Grafana's HTTP API (grafana.com/docs/grafana/latest/developers/http_api): dashboards, folders, data sources, and the
// provisioning interface of alerts. The seeds' POST /api/alerts is long gone from it.

const healthAnswer = z.object({ version: z.optional(z.string()) });
const orgAnswer = z.object({ id: z.number(), name: z.string() });
const sourcesAnswer = z.array(
  z.object({
    uid: z.string(),
    name: z.string(),
    type: z.string(),
    url: z.optional(z.string()),
    isDefault: z.optional(z.boolean()),
  }),
);
const dashboardAnswer = z.object({
  dashboard: z.object({ version: z.number(), title: z.string() }),
  meta: z.object({ url: z.optional(z.string()), updatedBy: z.optional(z.string()) }),
});
const folderAnswer = z.object({ uid: z.string() });
const groupAnswer = z.object({ rules: z.array(z.object({ uid: z.optional(z.string()), title: z.string() })) });

type DataSource = z.output<typeof sourcesAnswer>[number];

interface Detail {
  readonly dashboard: Json;
  /** Undefined where it is not there yet. */
  readonly versionBefore: number | undefined;
  readonly makesFolder: boolean;
  /** Undefined where Grafana could judge none. */
  readonly rules: GrafanaRules | undefined;
}

/** Rules have to be in a folder; they share one. */
const folderUid = 'cache-ops';
const folderTitle = 'Cache Ops';

/** Puts the environment's dashboard into Grafana, and its alerts as rules of Grafana. */
export class GrafanaImport implements Operation<Detail> {
  readonly kind = 'importDashboard';
  readonly title = 'Import Grafana dashboard';
  readonly request: Json;
  readonly environment: Environment;
  readonly #rules: readonly AlertRule[];
  readonly #openTarget: () => Promise<HttpTarget>;
  #target: HttpTarget | undefined;

  /** `alarms`: of checklists, besides the limits and alerts of the settings. */
  constructor(environment: Environment, alarms: readonly AlertRule[], openTarget: () => Promise<HttpTarget>) {
    this.environment = environment;
    this.request = { alarms: alarms.map(({ when, holdMs, severity }) => ({ when, holdMs, severity })) };
    this.#rules = [...rulesOf(environment.settings), ...alarms];
    this.#openTarget = openTarget;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const [health, org] = await Promise.all([this.#ask(signal, '/api/health', healthAnswer), this.#org(signal)]);
    const target = await this.#open();
    const { resolved } = reachedAt(target);
    return [
      {
        service: 'Grafana',
        address: new URL(target.baseUrl).host,
        resolved,
        version: health?.version,
        marks: { organisation: `${org.id} ${org.name}` },
      },
    ];
  }

  async plan({ signal }: PlanContext): Promise<PlanDraft<Detail>> {
    const uid = grafanaUid(this.environment);
    const [sources, org, known, folder, group] = await Promise.all([
      this.#ask(signal, '/api/datasources', sourcesAnswer),
      this.#org(signal),
      this.#ask(signal, `/api/dashboards/uid/${uid}`, dashboardAnswer),
      this.#ask(signal, `/api/folders/${folderUid}`, folderAnswer),
      this.#ask(signal, this.#groupPath(), groupAnswer),
    ]);
    const source = chooseSource(sources ?? [], this.environment);
    if (typeof source === 'string') throw new OpsError('settings', `${source} Nothing was imported.`);
    const dashboard = dashboardOf(this.environment, source.uid);
    if (dashboard === undefined) {
      throw new OpsError('settings', `${this.environment.name} names no metrics that a dashboard could show.`, {
        next: 'Set metrics.hits and metrics.misses.',
      });
    }
    const uids = new Map(
      group?.rules.flatMap(({ title, uid: one }) => (one === undefined ? [] : [[title, one] as const])),
    );
    const place = { folder: folderUid, dataSource: source.uid, orgId: org.id, uids };
    const rules = grafanaRules(this.environment, this.#rules, place);
    const detail: Detail = {
      dashboard,
      versionBefore: known?.dashboard.version,
      makesFolder: folder === undefined,
      rules: rules.titles.length === 0 ? undefined : rules,
    };
    return {
      ...this.#words(detail, source, known?.meta.updatedBy, group?.rules.map(({ title }) => title) ?? []),
      effect: 'changing',
      irreversible: [],
      steps: this.#steps(detail),
      sections: [{ title: 'Dashboard', lines: JSON.stringify(dashboard, undefined, 2).split('\n'), as: 'code' }],
      detail,
    };
  }

  async run({ detail }: Plan<Detail>, context: RunContext): Promise<void> {
    const { rules } = detail;
    await context.step('dashboard', ({ signal }) => this.#post(signal, '/api/dashboards/db', saving(detail.dashboard)));
    if (detail.makesFolder && rules) {
      const body = JSON.stringify({ uid: folderUid, title: folderTitle });
      await context.step('folder', ({ signal }) => this.#post(signal, '/api/folders', body), { offers: ['retry'] });
    }
    if (!rules) return;
    await context.step('rules', ({ signal }) => this.#putRules(signal, rules), { offers: ['retry', 'skip'] });
  }

  async verify({ detail }: Plan<Detail>, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const [found, group] = await Promise.all([
      this.#ask(signal, `/api/dashboards/uid/${grafanaUid(this.environment)}`, dashboardAnswer),
      detail.rules ? this.#ask(signal, this.#groupPath(), groupAnswer) : undefined,
    ]);
    const { versionBefore } = detail;
    const isNew = found !== undefined && (versionBefore === undefined || found.dashboard.version > versionBefore);
    const loaded = new Set(group?.rules.map(({ title }) => title));
    const missing = detail.rules?.titles.filter((title) => !loaded.has(title)) ?? [];
    const isSkipped = report.steps.some(({ id, state }) => id === 'rules' && state === 'skipped');
    const place = found?.meta.url === undefined ? '' : ` at ${new URL(found.meta.url, this.#target?.baseUrl).href}`;
    const findings = [
      isNew ? `The dashboard “${found.dashboard.title}” is there${place}.` : 'The dashboard is not there as imported.',
      ...(missing.length === 0 ? [] : [`Alert rules that are not there: ${missing.join(', ')}.`]),
      ...(detail.rules && missing.length === 0 ? [`${detail.rules.titles.length} alert rules are there.`] : []),
    ];
    const isWell = isNew && (missing.length === 0 || isSkipped);
    return {
      verdict: isWell ? { kind: 'passed' } : { kind: 'failed', why: 'Grafana does not show all of it' },
      findings,
    };
  }

  close(): void {
    this.#target?.close();
    this.#target = undefined;
  }

  #words(
    { versionBefore, rules }: Detail,
    source: DataSource,
    updatedBy: string | undefined,
    before: readonly string[],
  ): Pick<PlanDraft<Detail>, 'summary' | 'targets' | 'undo' | 'warnings'> {
    const title = dashboardTitle(this.environment);
    const count = rules?.titles.length ?? 0;
    const gone = before.filter((one) => !rules?.titles.includes(one));
    const ours = this.environment.settings.prometheus?.url.replace(/\/+$/, '');
    return {
      summary: `The dashboard “${title}”${count === 0 ? '' : ` and ${count} alert ${count === 1 ? 'rule' : 'rules'}`}, on the data source “${source.name}”`,
      targets: [
        {
          what: `Dashboard ${grafanaUid(this.environment)}`,
          detail:
            versionBefore === undefined ? 'new' : `replaces version ${versionBefore}, of ${updatedBy ?? 'somebody'}`,
        },
        ...(count === 0
          ? []
          : [
              {
                what: `Alert rules “${groupName(this.environment)}” in the folder “${folderTitle}”`,
                count: { value: count, unit: 'rules', exact: true },
              },
            ]),
      ],
      undo:
        versionBefore === undefined
          ? 'Delete the dashboard and the rule group in Grafana.'
          : 'Restore the version before in Grafana: the dashboard’s settings keep all versions.',
      warnings: [
        ...(versionBefore === undefined ? [] : ['What was changed by hand in this dashboard is replaced.']),
        ...(gone.length === 0 ? [] : [`Rules of this group that are no longer set go: ${gone.join(', ')}.`]),
        ...(rules?.leftOut.map(({ when, why }) => `Left out: ${when}. ${why}`) ?? []),
        ...(source.url !== undefined && ours !== undefined && source.url.replace(/\/+$/, '') !== ours
          ? [`The data source asks ${source.url}, the environment ${ours}: they may not be the same.`]
          : []),
      ],
    };
  }

  #steps({ makesFolder, rules }: Detail): readonly PlanStep[] {
    const base = this.#target?.baseUrl ?? '';
    const post = (path: string): string => `curl -X POST ${base}${path} -H 'Content-Type: application/json' -d @…`;
    return [
      { id: 'dashboard', title: 'Save the dashboard', commands: [post('/api/dashboards/db')] },
      ...(makesFolder && rules
        ? [{ id: 'folder', title: `Make the folder “${folderTitle}”`, commands: [post('/api/folders')] }]
        : []),
      ...(rules
        ? [{ id: 'rules', title: 'Save the alert rules', commands: [`curl -X PUT ${base}${this.#groupPath()} -d @…`] }]
        : []),
    ];
  }

  #groupPath(): string {
    return `/api/v1/provisioning/folder/${folderUid}/rule-groups/${encodeURIComponent(groupName(this.environment))}`;
  }

  async #org(signal: AbortSignal): Promise<z.output<typeof orgAnswer>> {
    const org = await this.#ask(signal, '/api/org', orgAnswer);
    if (org) return org;
    throw new OpsError('protocol', 'What answers there is no Grafana: it knows no organisation.', {
      next: 'Check grafana.url of the environment, and its path prefix.',
    });
  }

  /** Without the header, rules that came by this interface could not be changed in Grafana. */
  async #putRules(signal: AbortSignal, { group }: GrafanaRules): Promise<void> {
    const headers = { 'X-Disable-Provenance': 'true' };
    await this.#send(signal, this.#groupPath(), { method: 'PUT', body: JSON.stringify(group), headers });
  }

  async #post(signal: AbortSignal, path: string, body: string): Promise<void> {
    await this.#send(signal, path, { method: 'POST', body });
  }

  async #send(signal: AbortSignal, path: string, message: HttpMessage): Promise<void> {
    const target = await this.#open();
    const headers = { 'Content-Type': 'application/json', ...message.headers };
    const answer = await sendText(target, path, { ...message, headers }, signal);
    if (answer.status >= 200 && answer.status < 300) return;
    const error = statusError(target, path, answer);
    if (answer.status !== 403) throw error;
    throw new OpsError('permission', error.message.replace('may not be read', 'may not be written'), {
      next: 'The service account needs the role Editor, or the rights to write dashboards, folders and alert rules.',
    });
  }

  async #open(): Promise<HttpTarget> {
    return (this.#target ??= await this.#openTarget());
  }

  /** Undefined where there is no such thing. */
  async #ask<T>(signal: AbortSignal, path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    return askJson({ target: await this.#open(), signal, clock: systemClock }, path, schema);
  }
}

/** Grafana refuses to replace what it has unless it is told to. */
function saving(dashboard: Json): string {
  return JSON.stringify({ dashboard, overwrite: true, message: 'Imported by Cache Ops' });
}

/** The data source that asks the environment's Prometheus, as far as that can be told; else a sentence that says why none. */
function chooseSource(sources: readonly DataSource[], { settings }: Environment): DataSource | string {
  const own = sources.filter(({ type }) => type === 'prometheus');
  const url = settings.prometheus?.url.replace(/\/+$/, '');
  const same = own.find((one) => one.url?.replace(/\/+$/, '') === url);
  const only = own.length === 1 ? own[0] : undefined;
  const chosen = same ?? only ?? own.find(({ isDefault }) => isDefault);
  if (chosen) return chosen;
  if (own.length === 0) return 'Grafana has no Prometheus data source that this login may see.';
  return `Grafana has several Prometheus data sources (${own.map(({ name }) => name).join(', ')}), none with the environment’s address and none the default.`;
}
