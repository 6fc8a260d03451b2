// The files of the built app, and what lets its pages work on at the other host.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * Read once: a request can name only what was there.
 *
 * @param {string} folder
 * @param {readonly string[]} hosts
 * @returns {(request: Request) => Response}
 */
export function files(folder, hosts) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const found = new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length).replaceAll('\\', '/'), readFileSync(path)];
    }),
  );
  const everywhere = [...hosts, ...hosts.map((host) => host.replace(/^http/, 'ws'))].join(' ');
  const policy = `default-src 'self'; img-src data:; connect-src 'self' ${everywhere}; frame-ancestors 'none'`;
  return (request) => {
    const { pathname } = new URL(request.url);
    const path = pathname === '/' ? '/index.html' : pathname;
    return new Response(found.get(path) ?? null, {
      status: found.has(path) ? 200 : 404,
      headers: {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
      },
    });
  };
}

/**
 * Requests of pages of one host are of another origin at the other, and are let in by name.
 *
 * @param {readonly string[]} hosts
 * @param {(request: Request) => Response | Promise<Response>} handler
 * @returns {(request: Request) => Promise<Response>}
 */
export function cors(hosts, handler) {
  return async (request) => {
    const origin = request.headers.get('origin') ?? '';
    const isAsking = request.method === 'OPTIONS' && hosts.includes(origin);
    const response = isAsking ? new Response(null, { status: 204 }) : await handler(request);
    response.headers.append('Vary', 'Origin');
    // What says its own rules, as health does, keeps them.
    if (!hosts.includes(origin) || response.headers.has('Access-Control-Allow-Origin')) return response;
    response.headers.set('Access-Control-Allow-Origin', origin);
    response.headers.set('Access-Control-Expose-Headers', 'Retry-After');
    if (isAsking) {
      response.headers.set('Access-Control-Allow-Methods', 'GET, POST');
      response.headers.set('Access-Control-Allow-Headers', 'Authorization, Content-Type');
      response.headers.set('Access-Control-Max-Age', '600');
    }
    return response;
  };
}
