// The room: everybody hears everything. What was said is kept in the transaction that accepts it.

const SHOWN = 50;

/**
 * @param {import('switchover/server').SessionServer} sessions
 * @param {import('node:sqlite').DatabaseSync} database
 * @param {string} server
 */
export function room(sessions, database, server) {
  database.exec('CREATE TABLE IF NOT EXISTS member (sid TEXT PRIMARY KEY)');
  database.exec('CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, author TEXT, text TEXT, server TEXT)');
  const join = database.prepare('INSERT OR IGNORE INTO member VALUES (?)');
  const leave = database.prepare('DELETE FROM member WHERE sid = ?');
  const members = database.prepare('SELECT sid FROM member');
  const write = database.prepare('INSERT INTO line (author, text, server) VALUES (?, ?, ?) RETURNING *');
  const read = database.prepare('SELECT * FROM line ORDER BY id DESC LIMIT ?');

  sessions.on('session', ({ sid }) => join.run(sid));
  sessions.on('message', ({ subject }, { data }) => {
    const { text } = /** @type {{ text: string }} */ (data);
    const line = { ...write.get(subject, String(text).slice(0, 2_000), server) };
    for (const { sid } of members.all()) {
      // A session that is over is nobody's any more.
      if (!sessions.send(String(sid), line)) leave.run(String(sid));
    }
  });

  return { history: () => read.all(SHOWN).reverse() };
}
