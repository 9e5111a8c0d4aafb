import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

/**
 * Runs in the extension host until it is asked to end: over HTTP, on the port it writes to the file CACHE_OPS_BENCH_PORT,
 * `/command?id` begins a command and tells when, `/empty` opens an empty page and tells when it began and when it was
 * painted. Times are ms since 1970.
 */
export async function run(): Promise<void> {
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    void (async () => {
      const beganMs = Date.now();
      const id = url.searchParams.get('id');
      if (id !== null) await vscode.commands.executeCommand(id);
      const paintedMs = url.pathname === '/empty' ? await openEmptyPage() : undefined;
      response.end(JSON.stringify({ beganMs, paintedMs }), () => url.pathname === '/end' && end?.());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The probe has no port.');
  writeFileSync(process.env['CACHE_OPS_BENCH_PORT'] ?? '', `${address.port}\n`);
  await ended;
  server.close();
}

/** A page that does nothing but say when its first frame was painted. */
async function openEmptyPage(): Promise<number> {
  const panel = vscode.window.createWebviewPanel('empty', 'Empty', vscode.ViewColumn.Active, { enableScripts: true });
  const painted = new Promise<number>((resolve) =>
    panel.webview.onDidReceiveMessage((message: { readonly paintedMs: number }) => resolve(message.paintedMs)),
  );
  panel.webview.html = `<!DOCTYPE html><html><body><p>Empty</p><script>
    const api = acquireVsCodeApi();
    requestAnimationFrame(() => setTimeout(() => api.postMessage({ paintedMs: performance.timeOrigin + performance.now() })));
  </script></body></html>`;
  const paintedMs = await painted;
  panel.dispose();
  return paintedMs;
}
