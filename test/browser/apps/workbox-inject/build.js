import { build } from 'esbuild';
import { injectManifest } from 'workbox-build';

await build({
  entryPoints: ['sw.js'],
  outfile: 'bundled/sw.js',
  bundle: true,
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
});
await injectManifest({
  swSrc: 'bundled/sw.js',
  swDest: 'public/sw.js',
  globDirectory: 'public',
  globPatterns: ['index.html', 'register.js'],
});
