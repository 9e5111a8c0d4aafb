import { addEnvironmentEdits } from '../../core/environment/edit.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { secretReferences } from '../../core/environment/references.ts';
import { OpsError } from '../../core/errors.ts';
import type { Draft } from './draft.ts';
import { environmentOfDraft, settingsOf } from './draft.ts';
import type { Secrets } from './secrets.ts';
import { editSettings, withSettings } from './settingsFile.ts';
import type { EnvironmentStore } from './store.ts';

/**
 * Writes the environment into its settings file. Its secret is kept first, so that it is there when the environment is
 * first connected to. Throws OpsError when the file cannot be written; then no secret is kept either.
 */
export function saveDraft(secrets: Secrets, draft: Draft): Promise<void> {
  const environment = environmentOfDraft(draft);
  const edits = (text: string) => addEnvironmentEdits(text, 'settings', draft.name, settingsOf(draft));
  return withSettings(draft.place, async (document) => {
    // Where there is an environment of that name already, its secrets stay as they are.
    edits(document.getText());
    await keepSecret(secrets, environment, draft);
    try {
      await editSettings(document, edits);
    } catch (error) {
      await secrets.forget(environment);
      throw error;
    }
  });
}

/** What was typed or allowed for the test counts from now on. */
async function keepSecret(secrets: Secrets, environment: Environment, draft: Draft): Promise<void> {
  const reference = secretReferences(environment).find(({ field }) => field === 'redis.password');
  if (!reference) return;
  if (draft.login === 'secret') await secrets.store(environment, reference, draft.password);
  if (draft.login === 'variable') await secrets.approve(environment, reference);
}

const readBackMs = 5_000;

/**
 * Makes the environment of a saved draft the active one, once the editor has read its settings: until then the store
 * does not know it, and another would be active for a moment.
 */
export async function activateSaved(environments: EnvironmentStore, draft: Draft): Promise<Environment> {
  const { id } = environmentOfDraft(draft);
  const environment = await untilKnown(environments, id);
  if (!environment) {
    throw new OpsError('conflict', `${draft.name} was saved, but the editor does not list it.`, {
      next: 'Look at the settings file and the Problems panel.',
    });
  }
  await environments.activate(environment);
  return environment;
}

function untilKnown(environments: EnvironmentStore, id: string): Promise<Environment | undefined> {
  const known = (): Environment | undefined => environments.all.find((one) => one.id === id);
  return new Promise((resolve) => {
    const end = (): void => {
      listener.dispose();
      clearTimeout(timer);
      resolve(known());
    };
    const listener = environments.onDidChange(() => known() && end());
    const timer = setTimeout(end, readBackMs);
    if (known()) end();
  });
}
