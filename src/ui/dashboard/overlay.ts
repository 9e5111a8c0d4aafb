import { DashboardSource } from '../../clients/dashboardSource.ts';
import { loadRates } from '../../core/dashboard/load.ts';
import type { AskRange } from '../../core/dashboard/load.ts';
import type { Overlay } from '../../core/dashboard/protocol.ts';
import { earlier } from '../../core/dashboard/range.ts';
import type { Grid } from '../../core/dashboard/range.ts';
import type { ViewRequest } from '../../core/dashboard/view.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { secretLookup } from '../environments/secretLookup.ts';
import type { PanelContext } from './panel.ts';

/** What is drawn behind the charts of an environment; undefined where it cannot be asked for. */
export function overlayOf(
  overlay: Overlay,
  { settings }: Environment,
  grid: Grid,
  ask: AskRange | undefined,
  context: PanelContext,
  signal: AbortSignal,
): ViewRequest['overlay'] {
  if (overlay.kind === 'days') {
    const label = overlay.days === 1 ? 'the day before' : 'the week before';
    return ask && { label, rates: () => loadRates(settings, earlier(grid, overlay.days), ask) };
  }
  if (overlay.kind === 'baseline') return 'baseline';
  if (overlay.kind !== 'environment') return undefined;
  const other = context.environments.all.find(({ id }) => id === overlay.id);
  if (!other) return undefined;
  const source = sourceOf(other, context);
  const asked = source.asker(signal);
  const rates = () => (asked ? loadRates(other.settings, grid, asked) : Promise.resolve(undefined));
  return { label: other.name, rates: () => rates().finally(() => source.close()) };
}

export function sourceOf(
  environment: Environment,
  { secrets, tunnels }: Pick<PanelContext, 'secrets' | 'tunnels'>,
): DashboardSource {
  return new DashboardSource(environment, secretLookup(environment, secrets), tunnels.of(environment, 'prometheus'));
}
