import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FirstMessages, HostMessage } from '../../core/dashboard/protocol.ts';

/** A page may load no file at all: what it is made of stands in it. */
export const webviewOptions: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [] };

/**
 * A page of our own, in which the first messages to it stand. Its scripts and its style may run by their nonce, pictures
 * it makes itself; all else is closed to it, the network too. They stand in the page, since asking the editor for two
 * files would take longer than all the rest.
 */
export function pageHtml(
  extensionUri: vscode.Uri,
  name: 'dashboard' | 'keyspace',
  messages: readonly HostMessage[] = [],
): string {
  const nonce = randomBytes(16).toString('base64');
  // A tenth of a millisecond; waited for, they would come after whatever else the host is about to do.
  const [script, style] = [`${name}.js`, `${name}.css`].map((file) =>
    readFileSync(vscode.Uri.joinPath(extensionUri, 'dist', 'page', file).fsPath, 'utf8'),
  );
  const first: FirstMessages = { writtenAtMs: Date.now(), messages };
  // No text in it can end the element it stands in.
  const written = JSON.stringify(first).replaceAll('<', String.raw`\u003c`);
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`, 'img-src data:'];
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}" />
    <style nonce="${nonce}">${style}</style>
    <title>Cache Ops</title>
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${nonce}">const first = ${written};</script>
    <script nonce="${nonce}">${script}</script>
  </body>
</html>`;
}
