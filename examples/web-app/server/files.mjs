// The files of the built app, read once: a request can name only what was there.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * @param {string} folder
 * @param {readonly string[]} hosts
 * @returns {(request: Request) => Response}
 */
export function files(folder, hosts) {
  const found = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [file.slice(folder.length).replaceAll('\\', '/'), readFileSync(file)];
      }),
  );
  const policy = contentSecurityPolicy(hosts);
  return (request) => {
    const { pathname } = new URL(request.url);
    const path = found.has(pathname) ? pathname : '/index.html';
    return new Response(found.get(path) ?? 'Build the app first.\n', {
      status: path === pathname || !extname(pathname) ? 200 : 404,
      headers: {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        // Names of built files change with what is in them; the page, the worker and the offline page keep theirs.
        'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
      },
    });
  };
}

/** @param {readonly string[]} hosts */
function contentSecurityPolicy(hosts) {
  const sockets = hosts.map((host) => host.replace(/^http/, 'ws'));
  return [
    "default-src 'self'",
    `connect-src 'self' ${[...hosts, ...sockets].join(' ')}`,
    `img-src 'self' ${hosts.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self' ${hosts.join(' ')}`,
  ].join('; ');
}
