import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { kindNames } from '../../core/operations/kind.ts';
import { flushRequest } from '../../core/operations/flush/request.ts';
import type { OperationKind } from '../../core/operations/kind.ts';
import type { Operation } from '../../core/operations/operation.ts';
import type { Services } from '../../services.ts';

/** Makes an operation again from the `request` in the journal, which may be of an older version. Throws OpsError. */
type Maker = (services: Services, environment: Environment, request: unknown) => Promise<Operation>;

/** The kinds that can be planned again after they were interrupted, each loaded when it is needed. */
const makers: Partial<Record<OperationKind, Maker>> = {
  reloadPrometheus: async (services, environment) =>
    (await import('../prometheus/operations.ts')).reloadOf(services, environment),
  importDashboard: async (services, environment, request) =>
    (await import('../prometheus/operations.ts')).importAgain(services, environment, request),
  flush: async (services, environment, request) => {
    const { makeFlush } = await import('../flush/commands.ts');
    const parsed = flushRequest.safeParse(request);
    if (parsed.success) return makeFlush(services, environment, parsed.data);
    throw notUnderstood();
  },
  setFlag: async (services, environment, request) =>
    (await import('../flags/commands.ts')).setFlagAgain(services, environment, request),
  rollBack: async (services, environment, request) =>
    (await import('../rollback/again.ts')).rollBackAgain(services, environment, request),
  allowWrites: async (services, environment) =>
    (await import('../backup/allowWrites.ts')).makeAllowWrites(services, environment),
  backUp: async (...wish) => (await import('../backup/make.ts')).makeBackUpAgain(...wish),
  testBackup: async (...wish) => (await import('../backup/make.ts')).makeTest(...wish),
  restore: async (...wish) => (await import('../backup/make.ts')).makeRestore(...wish),
};

export async function operationOf(
  services: Services,
  environment: Environment,
  kind: OperationKind,
  request: unknown,
): Promise<Operation> {
  const make = makers[kind];
  if (make) return make(services, environment, request);
  throw new OpsError('settings', `“${kindNames[kind]}” cannot be planned again from the journal; nothing was done.`, {
    next: 'Start it again with its own command.',
  });
}

/** Of another version, or edited. */
function notUnderstood(): OpsError {
  return new OpsError('settings', 'What the journal says of this operation is not understood; nothing was done.', {
    next: 'Start it again with its own command.',
  });
}
