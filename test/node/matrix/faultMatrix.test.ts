import { beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../rig/cluster.ts';
import { namespaceUnavailable } from '../../rig/namespace.ts';
import { useRig } from '../../rig/vitest.ts';
import { FAULTS } from './faults.ts';
import { KINDS } from './requests.ts';
import { idOf, type Pair, runRow } from './runRow.ts';
import { readTable } from './table.ts';

/**
 * What becomes of a request when its host fails, for each fault and each kind of request. The hosts are `a`, which is
 * struck, and `b`, which is well. Both are processes of their own; every request comes from a client of its own.
 *
 * A cell says who answered, then how often `a` and `b` did the work, as they wrote it down themselves: `b 1+1` means that `b`
 * answered, and that both did the work. In place of `a` or `b` stand the status of a bad answer that the caller got, or
 * what the call rejected with: NR for NOT_REPLAYABLE, BB for BODY_BROKEN. Of a download it is counted how often it was
 * asked for.
 *
 * - upload: a stream that fits into the buffer, with a key. big upload: one that does not, with a key; it is sent again only
 *   where nothing was read of it but what is held.
 * - download: read chunk by chunk, with a strong ETag that is the server's own.
 * - a ends: what the client holds of `a` after this request and two GETs; `left` if new work goes to `b`.
 */
const TABLE = `
  fault                            | GET   | POST    | POST+key | upload  | big upload | download | a ends
  ---------------------------------|-------|---------|----------|---------|------------|----------|---------------
  connection refused               | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  name does not resolve            | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  name server is silent            | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  name unknown to the system       | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  certificate expired              | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  certificate of another name      | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  certificate self-signed          | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  certificate of an unknown issuer | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  no TLS behind https              | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  SYN black-holed                  | b 0+1 | b 0+1   | b 0+1    | b 0+1   | b 0+1      | b 0+1    | ejected, left
  black-holed while connected      | b 0+1 | NR 0+0  | b 0+1    | b 0+1   | NR 0+0     | b 0+1    | ejected, left
  SIGSTOP                          | b 0+1 | NR 0+0  | b 0+1    | b 0+1   | NR 0+0     | b 0+1    | ejected, left
  accepts and stays mute           | b 1+1 | NR 1+0  | b 1+1    | b 1+1   | NR 1+0     | b 1+1    | ejected, left
  slow headers of one route        | b 1+1 | a 1+0   | b 1+1    | b 1+1   | a 1+0      | b 1+1    | up
  SIGKILL in flight                | b 1+1 | NR 1+0  | b 1+1    | b 1+1   | NR 1+0     | b 1+1    | ejected, left
  reset before headers             | b 1+1 | NR 1+0  | b 1+1    | b 1+1   | NR 1+0     | b 1+1    | ejected, left
  SIGKILL in the body              | b 1+1 | BB 1+0  | b 1+1    | b 1+1   | BB 1+0     | BB 1+0   | ejected, left
  every body is reset halfway      | b 1+1 | BB 1+0  | b 1+1    | b 1+1   | BB 1+0     | BB 4+0   | ejected, left
  bodies end too early             | b 1+1 | BB 1+0  | b 1+1    | b 1+1   | BB 1+0     | BB 4+0   | ejected, left
  every body stalls halfway        | b 1+1 | BB 1+0  | b 1+1    | b 1+1   | BB 1+0     | BB 4+0   | ejected, left
  long bodies are reset            | a 1+0 | a 1+0   | a 1+0    | a 1+0   | a 1+0      | a 3+0    | up
  long bodies stall                | a 1+0 | a 1+0   | a 1+0    | a 1+0   | a 1+0      | a 3+0    | up
  http 429                         | b 0+1 | b 0+1   | b 0+1    | b 0+1   | 429 0+0    | b 1+1    | up
  http 502                         | b 0+1 | 502 0+0 | b 0+1    | b 0+1   | 502 0+0    | b 1+1    | ejected, left
  http 503                         | b 0+1 | 503 0+0 | b 0+1    | b 0+1   | 503 0+0    | b 1+1    | ejected, left
  http 503 with Retry-After        | b 0+1 | 503 0+0 | b 0+1    | b 0+1   | 503 0+0    | b 1+1    | busy
  http 500 page                    | b 1+1 | 500 1+0 | 500 1+0  | 500 1+0 | 500 1+0    | b 1+1    | ejected, left
  standby says so                  | b 0+1 | b 0+1   | b 0+1    | b 0+1   | 503 0+0    | b 1+1    | inactive, left
  standby names the active host    | b 0+1 | b 0+1   | b 0+1    | b 0+1   | 503 0+0    | b 1+1    | inactive, left
  standby says so with 421         | b 0+1 | b 0+1   | b 0+1    | b 0+1   | 421 0+0    | b 2+1    | inactive, left
  drain at once                    | a 1+0 | a 1+0   | a 1+0    | a 1+0   | a 1+0      | a 1+0    | inactive, left
  drain within a window            | a 1+0 | a 1+0   | a 1+0    | a 1+0   | a 1+0      | a 1+0    | inactive, left
`;

const unavailable = await namespaceUnavailable();
const NEEDS_NAMESPACE = /black-holed/;
const rows = readTable(TABLE);
const rig = useRig({ for: 'all' });
const servers = new Set<Server>();
let pair: Pair;

beforeAll(async () => {
  pair = { a: await rig.server({ name: 'a' }), b: await rig.server({ name: 'b' }) };
  servers.add(pair.a).add(pair.b);
});

describe('the fault matrix', () => {
  for (const { row, cells } of rows) {
    it.skipIf(unavailable !== undefined && NEEDS_NAMESPACE.test(row))(row, async () => {
      const fault = FAULTS[row];
      if (fault === undefined) throw new Error(`nobody knows how to make it so: ${row}`);
      const result = await runRow(rig, pair, row, fault, cells['a ends'] ?? '');
      servers.add(result.struck);
      expect(abbreviated(result.cells)).toEqual(cells);
    });
  }

  it('tries every fault that it can make', () => {
    expect(rows.map(({ row }) => row).sort()).toEqual(Object.keys(FAULTS).sort());
  });

  // Last, when every host is well again: a frozen or cut-off server may work on what it had received only then.
  it('has no request worked on twice that may not be', () => {
    const once = KINDS.filter(({ replayable }) => !replayable);
    const ids = rows.flatMap(({ row }) => once.map(({ name }) => idOf(row, name)));
    const times = (id: string): number =>
      [...servers].reduce((sum, server) => sum + (server.processed().get(id) ?? 0), 0);
    expect(ids.filter((id) => times(id) > 1)).toEqual([]);
    expect(ids.filter((id) => times(id) === 1).length).toBeGreaterThan(rows.length);
  });

  it('loses no request that may be sent again, but where its answer can only be had from one host', () => {
    const kept = KINDS.filter(({ replayable }) => replayable).map(({ name }) => name);
    const lost = rows.flatMap(({ row, cells }) =>
      kept.filter((name) => !/^[ab] /.test(cells[name] ?? '')).map((name) => `${row}: ${name}`),
    );
    expect(lost).toEqual([
      'SIGKILL in the body: download',
      'every body is reset halfway: download',
      'bodies end too early: download',
      'every body stalls halfway: download',
      // A 500 may come of the request itself, and then comes again: only safe methods are worth another try.
      'http 500 page: POST+key',
      'http 500 page: upload',
    ]);
  });
});

function abbreviated(cells: Readonly<Record<string, string>>): Record<string, string> {
  const short = (text: string): string => text.replace('NOT_REPLAYABLE', 'NR').replace('BODY_BROKEN', 'BB');
  return Object.fromEntries(Object.entries(cells).map(([name, text]) => [name, short(text)]));
}
