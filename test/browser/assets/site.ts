import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from '../../rig/cluster.ts';
import { bundle } from '../rig/bundle.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** One file of each kind. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  'classic.js': `assets.ran.push('classic');`,
  'module.js': `import { name } from './dependency.js'; assets.ran.push(name); export { name };`,
  'dependency.js': `export const name = 'dependency';`,
  'style.css': ':root { --loaded: yes }',
  'image.png': Buffer.from(PIXEL, 'base64'),
  'font.woff2': 'no font',
  'worker.js': `postMessage('ok');`,
  'data.json': '"data"',
  'sound.wav': silence(),
};

/** As it stands in `integrity`. */
export const integrityOf = (name: string): string =>
  `sha384-${createHash('sha384')
    .update(FILES[name] ?? '')
    .digest('base64')}`;

/** Puts the files into a folder, and with them a page's tools and whatever else there is. */
export async function writeSite(folder: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const all = { ...FILES, 'tools.js': await bundle('test/browser/assets/page.ts'), ...more };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content);
}

/** How often a server was asked for each path that ends in this, preflights among them. */
export function askedFor(server: Server, ending: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { path } of server.counts().received) {
    if (path.endsWith(ending)) counts[path] = (counts[path] ?? 0) + 1;
  }
  return counts;
}

/** A tenth of a second of nothing: 8-bit PCM. */
function silence(): Buffer {
  const bytes = Buffer.alloc(44 + 800, 128);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 800, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8_000, 24);
  bytes.writeUInt32LE(8_000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(800, 40);
  return bytes;
}
