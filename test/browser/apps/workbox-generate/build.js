import { generateSW } from 'workbox-build';

await generateSW({
  globDirectory: 'public',
  globPatterns: ['index.html', 'register.js'],
  swDest: 'public/sw.js',
  // Loaded before anything of Workbox: it stands between the browser and whatever this worker answers.
  importScripts: ['switchover-interpose.js'],
  navigationPreload: true,
  runtimeCaching: [{ urlPattern: /\/news\//, handler: 'NetworkFirst' }],
});
