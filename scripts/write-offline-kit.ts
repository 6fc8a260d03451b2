/** Writes `dist/offline-page.json`: what `npx switchover init` and the Vite plug-in put offline pages together from. */
import { writeFileSync } from 'node:fs';
import { buildOfflineKit } from './offlineKit.ts';

const { script, handoffScript, style } = await buildOfflineKit();
writeFileSync('dist/offline-page.json', JSON.stringify({ script, handoffScript, style }));
