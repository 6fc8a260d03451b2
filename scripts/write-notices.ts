/**
 * Writes `dist/THIRD-PARTY-LICENSES.txt`: the licences of the packages whose code lies in the files that browsers load as they are. They
 * want to go with every copy. What other entries use is installed beside the package, with its own licence.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Which of the files hold code of which packages, by what the sources import. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  'switchover.global.js': ['ky', 'idb-keyval', 'workbox-window'],
  'ky.cjs': ['ky'],
  'kill-sw.js, and the offline page with a handoff': ['idb-keyval'],
};

function licenceOf(name: string): string {
  const folder = `node_modules/${name}`;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  const { version }: { version: string } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
}

const names = [...new Set(Object.values(BUNDLED).flat())];
const contents = Object.entries(BUNDLED).map(([file, packages]) => `${file}: ${packages.join(', ')}`);
const parts = [`Code of other packages lies in\n\n${contents.join('\n')}\n`, ...names.map(licenceOf)];
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', parts.join(`\n${'-'.repeat(80)}\n\n`));
