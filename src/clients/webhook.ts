import type { Environment } from '../core/environment/environment.ts';
import { withoutSecrets } from '../core/journal/withoutSecrets.ts';
import { resolveHttpTarget, sendText } from './http.ts';
import { statusError } from './httpProbe.ts';
import type { SecretLookup } from './redisTarget.ts';

const timeoutMs = 5_000;

/**
 * Posts a message to the environment's webhook, as Slack and most others take it: `{"text": …}`. Nothing where it names
 * none. Throws OpsError when it is not taken; never with the address, which may itself be a secret.
 */
export async function postToWebhook(
  environment: Environment,
  text: string,
  secret: SecretLookup,
  secrets: readonly string[],
): Promise<void> {
  const { webhook } = environment.settings;
  if (!webhook) return;
  const url = (await secret('webhook.url')) ?? webhook.url;
  const target = await resolveHttpTarget(environment, 'webhook', { url }, secret);
  try {
    const body = JSON.stringify({ text: withoutSecrets(text, secrets) });
    const headers = { 'content-type': 'application/json' };
    const signal = new AbortController().signal;
    const answer = await sendText(target, '', { method: 'POST', body, headers }, signal, { timeoutMs });
    // The path of such an address is what makes it secret.
    if (answer.status > 299) throw statusError({ ...target, baseUrl: new URL(url).origin }, '', answer);
  } finally {
    target.close();
  }
}
