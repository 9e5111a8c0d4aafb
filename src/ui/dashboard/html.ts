import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the bundled pages lie. */
export function pageFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'page');
}

export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [pageFolder(extensionUri)] };
}

/**
 * A page of our own: its script may run by its nonce, its style comes from the extension, pictures it makes itself; all
 * else is closed to it, the network too.
 */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, name: 'dashboard' | 'keyspace'): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extensionUri), file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    'img-src data:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <link rel="stylesheet" href="${uri(`${name}.css`)}" />
    <title>Cache Ops</title>
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${nonce}" src="${uri(`${name}.js`)}"></script>
  </body>
</html>`;
}
