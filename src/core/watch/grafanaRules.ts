import type { Environment } from '../environment/environment.ts';
import { formatDuration } from '../format.ts';
import type { Json } from '../operations/kind.ts';
import { alertName, expressionOf, groupName, plain } from './prometheusRules.ts';
import type { Translated } from './prometheusRules.ts';
import type { AlertRule } from './rule.ts';

/** The rules of a group in the JSON of Grafana's provisioning interface, and what Grafana cannot judge. */
export interface GrafanaRules {
  /** Titles of the rules, each once. */
  readonly titles: readonly string[];
  readonly group: Json;
  readonly leftOut: Translated['leftOut'];
}

/** Where in Grafana. */
export interface GrafanaPlace {
  /** Uid. */
  readonly folder: string;
  /** Uid of a Prometheus data source. */
  readonly dataSource: string;
  readonly orgId: number;
  /** Of rules that are there already, by title: they keep their history. */
  readonly uids: ReadonlyMap<string, string>;
}

const evaluateEverySeconds = 60;

/** The rules as Grafana would judge them, asking its Prometheus data source. Unknown stays unknown: no data is `NoData`. */
export function grafanaRules(environment: Environment, rules: readonly AlertRule[], place: GrafanaPlace): GrafanaRules {
  const leftOut: { readonly when: string; readonly why: string }[] = [];
  const made = new Map<string, Json>();
  for (const rule of rules) {
    const expression = expressionOf(environment, rule);
    if ('why' in expression) {
      leftOut.push({ when: rule.when, why: expression.why });
      continue;
    }
    const isAbsence = rule.condition.kind === 'state';
    const title = `${alertName(rule.when)} (${rule.severity}, ${environment.name})`;
    const uid = place.uids.get(title);
    made.set(title, {
      ...(uid === undefined ? {} : { uid }),
      title,
      ruleGroup: groupName(environment),
      folderUID: place.folder,
      orgID: place.orgId,
      condition: 'B',
      data: [
        query(isAbsence ? `${expression.query} or vector(0)` : expression.query, place.dataSource),
        comparison(`$A ${expression.operator} ${expression.limit}`),
      ],
      // A number that there is none of is not known to be well.
      noDataState: 'NoData',
      execErrState: 'Error',
      for: `${Math.round(rule.holdMs / 1000)}s`,
      labels: { severity: rule.severity, environment: environment.name },
      annotations: {
        summary: plain(
          `${environment.name}: ${rule.when}${rule.holdMs === 0 ? '' : ` for ${formatDuration(rule.holdMs)}`}`,
        ),
        ...(rule.message === undefined ? {} : { description: plain(rule.message) }),
      },
    });
  }
  const group = {
    title: groupName(environment),
    folderUid: place.folder,
    interval: evaluateEverySeconds,
    rules: [...made.values()],
  };
  return { titles: [...made.keys()], group, leftOut };
}

function query(expr: string, dataSource: string): Json {
  return {
    refId: 'A',
    datasourceUid: dataSource,
    relativeTimeRange: { from: 600, to: 0 },
    model: { refId: 'A', expr, instant: true, range: false, datasource: { type: 'prometheus', uid: dataSource } },
  };
}

/** Grafana's own arithmetic: 1 where it holds. */
function comparison(expression: string): Json {
  return {
    refId: 'B',
    datasourceUid: '__expr__',
    relativeTimeRange: { from: 0, to: 0 },
    model: { refId: 'B', type: 'math', expression, datasource: { type: '__expr__', uid: '__expr__' } },
  };
}
