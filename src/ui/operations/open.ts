import { userInfo } from 'node:os';
import { postToWebhook } from '../../clients/webhook.ts';
import { explain } from '../../core/errors.ts';
import { announcement } from '../../core/operations/announcement.ts';
import type { OperationEvent, OperationJournal, OperationLocks } from '../../core/operations/ports.ts';
import type { Services } from '../../services.ts';
import { secretLookup, secretsOf } from '../environments/secretLookup.ts';
import { OperationService } from './operationService.ts';
import { lastBackup } from '../backup/last.ts';

/** Puts together what carries operations out. Loaded with the first of them. */
export function openOperationService(
  { documents, secrets, log }: Services,
  journal: OperationJournal,
  locks: OperationLocks,
): OperationService {
  const announce = async (event: OperationEvent): Promise<void> => {
    const { environment } = event.plan;
    try {
      const text = announcement(event, userInfo().username);
      await postToWebhook(environment, text, secretLookup(environment, secrets), await secretsOf(environment, secrets));
    } catch (error) {
      log.warn(`The webhook of ${environment.name} was not told: ${explain(error)}`);
    }
  };
  return new OperationService({
    documents,
    announce,
    journal,
    locks,
    lastBackup,
  });
}
