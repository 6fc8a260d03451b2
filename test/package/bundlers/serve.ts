import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface FileServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves the scripts of a folder, and pages by their path, each given by its body. */
export async function serveFolder(folder: string, pages: Readonly<Record<string, string>>): Promise<FileServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const page = pages[pathname];
    try {
      const body =
        page === undefined ? readFileSync(join(folder, pathname)) : `<!doctype html><title>Page</title>${page}`;
      response.setHeader('content-type', page === undefined ? 'text/javascript' : 'text/html');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
