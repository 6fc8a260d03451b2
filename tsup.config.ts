import { defineConfig } from 'tsup';

/** Each key is a file in dist/, named in the exports map of package.json. */
export const entries = {
  'index.node': 'src/index.node.ts',
  'index.browser': 'src/index.browser.ts',
  'index.default': 'src/index.default.ts',
  'index.deno-bun': 'src/index.denoBun.ts',
  'index.workerd': 'src/index.workerd.ts',
  'index.reactNative': 'src/index.reactNative.ts',
  fetch: 'src/index.fetch.ts',
  'fetch.workerd': 'src/index.fetchWorkerd.ts',
  parts: 'src/index.parts.ts',
  'parts.workerd': 'src/index.partsWorkerd.ts',
  socket: 'src/index.socket.ts',
  channel: 'src/index.channel.ts',
  browser: 'src/browser/index.ts',
  'service-worker': 'src/serviceWorker/index.ts',
  vite: 'src/publish/vite.ts',
  node: 'src/node/index.ts',
  'react-native': 'src/reactNative/index.ts',
  react: 'src/react/index.ts',
  server: 'src/server/index.ts',
  testing: 'src/testing/index.ts',
};

/** One run over all entries, so that they share chunks: `instanceof` holds between `switchover` and `switchover/fetch`. */
export default defineConfig({
  entry: { ...entries, cli: 'src/cli/switchover.ts' },
  format: ['esm', 'cjs'],
  // Nobody imports the command line.
  dts: { entry: entries },
  splitting: true,
  // Rollup then writes the CommonJS chunks too; without it they pass through a transform that renames classes.
  treeshake: true,
  minify: false,
  sourcemap: true,
  clean: true,
  target: 'es2022',
  platform: 'neutral',
  // React's hooks take the package by its own name, as an app does: each platform brings its own entry.
  external: [/^node:/, 'switchover'],
  // `node:sqlite` has no name without its prefix.
  removeNodeProtocol: false,
});
