import { writeSync } from 'node:fs';
import { sqliteSessionStore } from '../../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import { payloadOf } from '../../../../../src/session/payload.ts';

/**
 * Appends and accepts as fast as it can, until it is killed. Whatever has been answered is said at once: a line `appended <seq>` or
 * `accepted <rx>`. Each accepted message has an effect: a row in a table of the application's own.
 *
 * Arguments: the file, the session's name.
 */
const [path = '', name = ''] = process.argv.slice(2);
const store = sqliteSessionStore({ path, replay: { count: 1e6 } });
store.database.exec('CREATE TABLE IF NOT EXISTS effects (session TEXT, number INTEGER)');
const effect = store.database.prepare('INSERT INTO effects VALUES (?, ?)');
const fresh = { sid: name, stream: name, hash: `hash-${name}` };
await store.run({ op: 'attach', sid: '', stream: '', rx: 0, txLow: 1, subject: 'ann', hash: '', fresh, ttlMs: 1e6 });
const held = { sid: name, epoch: 1, stream: name };
const say = (line: string) => writeSync(1, `${line}\n`);
say('ready');

async function append(): Promise<never> {
  for (let at = 1; ; at++) {
    const payload = payloadOf({ at, text: 'x'.repeat(at % 300) });
    if (payload === null) throw new Error('no payload');
    const result = await store.run({ op: 'append', sid: name, id: at, payload });
    say(result.kind === 'appended' ? `appended ${result.seq} ${payload.text}` : `error ${result.kind}`);
  }
}

async function accept(): Promise<never> {
  for (let rx = 0; ; rx += 3) {
    const items = [1, 2, 3].map((at) => ({ kind: 'message', seq: rx + at, key: null, data: rx + at }) as const);
    const result = await store.accept({ op: 'accept', ...held, items }, ({ message: { seq } }, { database }) => {
      effect.run(name, seq);
      // Also written through the connection of the transaction itself.
      database.prepare('INSERT INTO effects VALUES (?, ?)').run(name, -seq);
    });
    say(result.kind === 'accepted' ? `accepted ${result.rx}` : `error ${result.kind}`);
  }
}

await Promise.all([append(), append(), append(), accept()]);
