import type { BrowserContext } from 'playwright-core';

/** What a page did that a person does not see, in the order in which it happened. */
export interface Seen {
  /** errors and warnings on the console: `error: …` */
  readonly console: string[];
  /** exceptions that nothing caught */
  readonly exceptions: string[];
  /** all that was asked for, the page itself included; what is part of the page (data:, blob:) is not */
  readonly requests: string[];
  /** those of them that were for something else than a file; each was blocked */
  readonly foreign: string[];
  /** requests that came to nothing, each with the reason */
  readonly failed: string[];
}

/** Writes down what the pages of a context do, and blocks all that would leave the machine's files. */
export async function watch(context: BrowserContext): Promise<Seen> {
  const seen: Seen = { console: [], exceptions: [], requests: [], foreign: [], failed: [] };
  const asked = (url: string): void => {
    if (isInline(url)) return;
    seen.requests.push(url);
    if (isForeign(url)) seen.foreign.push(url);
  };
  context.on('console', (message) => {
    const type = message.type();
    if (type === 'error' || type === 'warning') seen.console.push(`${type}: ${message.text()}`);
  });
  context.on('weberror', (error) => seen.exceptions.push(String(error.error())));
  context.on('request', (request) => asked(request.url()));
  context.on('requestfailed', (request) => seen.failed.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`));
  await context.route(
    (url) => isForeign(url.href),
    (route) => route.abort('blockedbyclient'),
  );
  await context.routeWebSocket(/./, async (socket) => {
    asked(socket.url());
    await socket.close({ code: 1008, reason: 'blocked' });
  });
  return seen;
}

function isInline(url: string): boolean {
  return /^(about|blob|data):/.test(url);
}

function isForeign(url: string): boolean {
  return !isInline(url) && !url.startsWith('file:');
}
