// Who is signed in. A name is no password: put your own check in its place.
import { randomBytes } from 'node:crypto';

/** @param {import('node:sqlite').DatabaseSync} database */
export function accounts(database) {
  database.exec('CREATE TABLE IF NOT EXISTS account (token TEXT PRIMARY KEY, name TEXT NOT NULL)');
  const add = database.prepare('INSERT INTO account VALUES (?, ?)');
  const find = database.prepare('SELECT name FROM account WHERE token = ?');
  const remove = database.prepare('DELETE FROM account WHERE token = ?');

  /** @param {string | undefined} token */
  function byToken(token) {
    const row = token === undefined ? undefined : find.get(token);
    return row === undefined ? null : { subject: String(row['name']) };
  }

  /** @param {Request} request */
  async function signIn(request) {
    const { name } = await request.json().catch(() => ({}));
    if (typeof name !== 'string' || !/^[\p{L}\p{N} ._-]{1,32}$/u.test(name)) return json(400, {});
    const token = randomBytes(24).toString('base64url');
    add.run(token, name);
    return json(200, { token });
  }

  /** @param {Request} request */
  function signOut(request) {
    remove.run(tokenOf(request) ?? '');
    return json(200, {});
  }

  /** @param {Request} request */
  const current = (request) => byToken(tokenOf(request));

  /**
   * An endpoint for those who are signed in.
   *
   * @param {(who: { subject: string }, token: string | undefined) => unknown} answer
   * @returns {(request: Request) => Response}
   */
  const signedIn = (answer) => (request) => {
    const token = tokenOf(request);
    const who = byToken(token);
    return who === null ? json(401, {}) : json(200, answer(who, token));
  };

  // The room is entered with the same token: it goes in the socket's first frame, where no header can.
  const me = signedIn(({ subject }, token) => ({ name: subject, token }));
  return { byToken, current, signedIn, endpoints: { '/api/sign-in': signIn, '/api/sign-out': signOut, '/api/me': me } };
}

/** @param {Request} request */
function tokenOf(request) {
  return /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
}

/** @param {number} status @param {unknown} body */
function json(status, body) {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}
