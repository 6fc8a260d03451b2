// A plain server of files, as any other: what is special to the site are three headers.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const [folder = '.', port, ...origins] = process.argv.slice(2);
/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
};

const server = createServer(async (request, response) => {
  // Pages of the other host may read what they take from here.
  const { origin } = request.headers;
  if (origin !== undefined && origins.includes(origin)) response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Vary', 'Origin');
  response.setHeader('Cache-Control', 'no-cache');
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const body = await readFile(join(folder, path));
    response.setHeader('Content-Type', `${TYPES[extname(path)] ?? 'application/octet-stream'}; charset=utf-8`);
    response.end(body);
  } catch {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found');
  }
});
server.listen(Number(port), '127.0.0.1', () => process.send?.('listens'));
// Started by run.mjs, it ends when run.mjs does.
process.on('disconnect', () => process.exit());
