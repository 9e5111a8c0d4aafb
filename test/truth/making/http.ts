import { startHttpStandIn } from '../../live/support/httpStandIn.ts';
import type { HttpStandIn, StandInAnswer } from '../../live/support/httpStandIn.ts';
import type { Stage } from '../state.ts';

/** A stand-in that answers by path, 404 to any other; `answers` may be changed meanwhile. */
export function answering(stage: Stage, answers: Readonly<Record<string, StandInAnswer>>): Promise<HttpStandIn> {
  return stage.own(
    startHttpStandIn(({ url = '' }) => answers[new URL(url, 'http://localhost').pathname] ?? { status: 404, body: '' }),
  );
}

/** Whatever is asked. */
export function answeringAll(stage: Stage, answer: StandInAnswer): Promise<HttpStandIn> {
  return stage.own(startHttpStandIn(() => answer));
}
