import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One HTTP request on a connection of its own, which is closed afterwards: a kept connection makes some servers wait
 * for it when they are asked to stop.
 */
export function ask(
  url: string,
  options: { readonly method?: 'GET' | 'POST'; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: options.method ?? 'GET', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.once('error', reject);
    });
    asked.setTimeout(options.timeoutMs ?? 5000, () => asked.destroy(new Error(`${url} did not answer in time`)));
    asked.once('error', reject);
    asked.end();
  });
}

/** Whether a GET is answered with 200. */
export async function answersOk(url: string): Promise<boolean> {
  return (await ask(url, { timeoutMs: 1000 })).status === 200;
}
