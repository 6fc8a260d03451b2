import { injectManifest } from '@serwist/build';
import { build } from 'esbuild';

await build({
  entryPoints: ['sw.js'],
  outfile: 'bundled/sw.js',
  bundle: true,
  minify: true,
  // The development build of Serwist 9 throws away what a plug-in answers in place of an error.
  define: { 'process.env.NODE_ENV': '"production"' },
});
await injectManifest({
  swSrc: 'bundled/sw.js',
  swDest: 'public/sw.js',
  globDirectory: 'public',
  globPatterns: ['index.html', 'register.js'],
});
