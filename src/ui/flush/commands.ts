import * as z from 'zod/mini';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { serviceIds } from '../../core/health/monitorServices.ts';
import type { ServiceId } from '../../core/health/monitorServices.ts';
import type { FlushOperation } from '../../core/operations/flush/flush.ts';
import type { FlushRequest } from '../../core/operations/flush/request.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../commands/command.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { secretLookup } from '../environments/secretLookup.ts';

/** Removes cached entries. Takes the row of an environment, of a service, of its keys, or of a namespace. */
export const flush: Command = {
  name: 'Flush',
  async run(services, argument) {
    const operation = await askForFlush(services, argument);
    if (!operation) return;
    const outcome = await (await services.operations()).run(operation);
    if (outcome.kind !== 'ran' || outcome.report.ended !== 'completed') return;
    const { offerWarmUp } = await import('./warmUp.ts');
    await offerWarmUp(services, operation.environment);
  },
};

/** The plan of the same, and nothing more. */
export const flushDryRun: Command = {
  name: 'Dry Run of a Flush',
  async run(services, argument) {
    const operation = await askForFlush(services, argument);
    if (operation) await (await services.operations()).dryRun(operation);
  },
};

async function askForFlush(services: Services, argument: unknown): Promise<FlushOperation | undefined> {
  const environment = await pickEnvironment(services.environments, argument, 'Flush');
  if (!environment) return undefined;
  const { chooseFlush } = await import('./choose.ts');
  const request = namespaceOf(argument) ?? (await chooseFlush(services, environment, serviceOf(argument)));
  return request && makeFlush(services, environment, request);
}

/** The operation for a wish; also from the journal. */
export async function makeFlush(
  services: Services,
  environment: Environment,
  request: FlushRequest,
): Promise<FlushOperation> {
  const { openFlush } = await import('../../clients/flush/open.ts');
  const { secrets, tunnels } = services;
  return openFlush(request, { environment, secret: secretLookup(environment, secrets), tunnels, clock: systemClock });
}

/** Of the row of a service, or of one below it: its id begins with the environment's and the service's. */
function serviceOf(argument: unknown): ServiceId | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('service' in argument) return serviceIds.find((id) => id === argument.service);
  const id = rowOf(argument)?.id ?? '';
  return serviceIds.find((service) => id.endsWith(`/${service}/keys`));
}

/** Of the row that shows a namespace's hit rate. */
function namespaceOf(argument: unknown): FlushRequest | undefined {
  const row = rowOf(argument);
  return row?.contextValue === 'namespace' ? { what: 'namespace', name: row.label } : undefined;
}

const rowArgument = z.object({
  row: z.object({ id: z.string(), label: z.string(), contextValue: z.optional(z.string()) }),
});

/** Commands are called with rows, but anybody can call them with anything. */
function rowOf(argument: unknown): z.output<typeof rowArgument>['row'] | undefined {
  return rowArgument.safeParse(argument).data?.row;
}
