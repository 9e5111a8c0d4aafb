// A stand-in for Grafana in a process of its own; tells its address to whoever started it.
import { answerAs, healthyGrafana } from '../../live/support/grafanaStandIn.ts';
import { startHttpStandIn } from '../../live/support/httpStandIn.ts';

const { url } = await startHttpStandIn(answerAs(healthyGrafana));
process.send?.(url);
process.once('disconnect', () => process.exit(0));
