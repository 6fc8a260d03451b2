/** What Node's `fetch` rejects with, so that whatever reads its errors reads these. */
export function networkError(fault: 'refuse' | 'reset' | 'dns', url: URL): TypeError {
  const { hostname } = url;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  switch (fault) {
    case 'refuse':
      return failed(`connect ECONNREFUSED ${hostname}:${port}`, 'ECONNREFUSED', 'connect');
    case 'reset':
      return failed('read ECONNRESET', 'ECONNRESET', 'read');
    case 'dns':
      return failed(`getaddrinfo ENOTFOUND ${hostname}`, 'ENOTFOUND', 'getaddrinfo');
  }
}

/** What reading a body rejects with when its connection breaks. */
export function brokenBody(): TypeError {
  const cause = Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' });
  return new TypeError('terminated', { cause });
}

/** A redirect that the request did not want. */
export function unwantedRedirect(): TypeError {
  return new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
}

function failed(message: string, code: string, syscall: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code, syscall }) });
}
