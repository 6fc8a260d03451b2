import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Section } from '../../../../bench/lib/report.ts';

test('npm run bench -- stores measures each store, alone and crowded', async () => {
  const run = join(import.meta.dirname, '../../../../bench/run.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [run, 'stores', '--quick', '--json']);
  const { sections } = JSON.parse(stdout) as { sections: Section[] };
  const rows = sections[0]?.tables[0]?.table.rows ?? [];
  expect(rows.map(([name, width]) => `${name} ${width}`)).toEqual(
    ['memory', 'SQLite, durability `process`', 'SQLite, durability `power`'].flatMap((name) =>
      ['1', '16', '128'].map((width) => `${name} ${width}`),
    ),
  );
  for (const row of rows) expect(row.slice(2).filter((cell) => cell === 'NaN')).toEqual([]);
});
