// Pages of one host work on at the other: their requests are of another origin there, and are let in by name.

/**
 * @param {readonly string[]} hosts
 * @param {(request: Request) => Response | Promise<Response>} handler
 * @returns {(request: Request) => Promise<Response>}
 */
export function cors(hosts, handler) {
  return async (request) => {
    const origin = request.headers.get('origin') ?? '';
    const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
    const response =
      isPreflight && hosts.includes(origin) ? new Response(null, { status: 204 }) : await handler(request);
    response.headers.append('Vary', 'Origin');
    // What says its own rules, such as health and the handoff, keeps them.
    if (!hosts.includes(origin) || response.headers.has('Access-Control-Allow-Origin')) return response;
    response.headers.set('Access-Control-Allow-Origin', origin);
    response.headers.set('Access-Control-Expose-Headers', 'Content-Security-Policy, Retry-After');
    if (isPreflight) {
      response.headers.set('Access-Control-Allow-Methods', 'GET, POST');
      response.headers.set('Access-Control-Allow-Headers', 'Authorization, Content-Type');
      response.headers.set('Access-Control-Max-Age', '600');
    }
    return response;
  };
}
