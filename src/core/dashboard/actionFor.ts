import type { OpsError } from '../errors.ts';
import type { NextAction } from './model.ts';

/** What a button beside an error does about it; undefined: nothing here would. */
export function actionFor({ code }: OpsError): NextAction | undefined {
  if (code === 'secretMissing' || code === 'authentication') return 'setSecret';
  return code === 'settings' ? 'openSettings' : undefined;
}
