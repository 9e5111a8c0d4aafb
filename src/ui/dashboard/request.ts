import type { Baseline } from '../../core/baseline/baseline.ts';
import type { AskRange } from '../../core/dashboard/load.ts';
import type { PageState } from '../../core/dashboard/protocol.ts';
import { endOf } from '../../core/dashboard/range.ts';
import type { Grid } from '../../core/dashboard/range.ts';
import type { ViewRequest } from '../../core/dashboard/view.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { explain } from '../../core/errors.ts';
import { serviceNames } from '../../core/health/monitorServices.ts';
import { runIdsOf } from '../../core/health/redisRunIds.ts';
import { lastBaseline } from '../baseline/folder.ts';
import { overlayOf } from './overlay.ts';
import type { PanelContext } from './panel.ts';

/** What is read for the page of an environment. */
export function requestOf(
  environment: Environment,
  context: PanelContext,
  { range, overlay }: PageState,
  grid: Grid,
  ask: AskRange | undefined,
  signal: AbortSignal,
): ViewRequest {
  return {
    settings: environment.settings,
    range,
    grid,
    ask,
    recording: context.recorder.recordingOf(environment),
    redisRunIds: redisRunIds(environment, context),
    keyspace: context.keyspaces.last(environment.id),
    // What has just happened does not wait for the next step.
    markers: () => context.markers.between(environment, grid.fromMs, endOf(grid) + grid.stepMs),
    baseline: () => baselineOf(environment, context),
    troubles: troublesOf(environment, context),
    overlay: overlayOf(overlay, environment, grid, ask, context, signal),
    nowMs: () => Date.now(),
  };
}

/** Of the primaries, as they were last read. */
function redisRunIds(environment: Environment, { fleet }: PanelContext): readonly string[] {
  const sample = fleet.redisOf(environment)?.sample;
  return sample ? runIdsOf(sample) : [];
}

/** One that cannot be read hides no chart. */
async function baselineOf(environment: Environment, { log }: PanelContext): Promise<Baseline | undefined> {
  try {
    return await lastBaseline(environment);
  } catch (error) {
    log.warn(`Dashboard of ${environment.name}: ${explain(error)}`);
    return undefined;
  }
}

function troublesOf(environment: Environment, { fleet }: PanelContext): readonly string[] {
  return [...fleet.reportsOf(environment)].flatMap(([id, report]) =>
    report?.state === 'down' ? [`${serviceNames[id]}: ${report.summary}`] : [],
  );
}
