import { composeRestart } from './rules/compose.ts';
import { missingEndpoint, oldGrafanaAlerts } from './rules/endpoints.ts';
import { expectationMissing } from './rules/expectations.ts';
import { productionHost } from './rules/hosts.ts';
import { duplicateItem, unfilledPlaceholder } from './rules/items.ts';
import { passwordOnCommandLine, redisFlushall, redisKeys } from './rules/redis.ts';
import { gitResetAsRollback, rollbackMissing } from './rules/rollback.ts';
import { shellSyntax } from './rules/shell.ts';
import type { LintRule } from './types.ts';

/** Every rule, in the order of the setting `cacheOps.lint.rules`, which a test holds against this table. */
export const lintRules: readonly LintRule[] = [
  rollbackMissing,
  gitResetAsRollback,
  composeRestart,
  redisKeys,
  redisFlushall,
  passwordOnCommandLine,
  productionHost,
  missingEndpoint,
  oldGrafanaAlerts,
  shellSyntax,
  expectationMissing,
  duplicateItem,
  unfilledPlaceholder,
];
