/** How many bytes of brotli each entry may be to its user. ARCHITECTURE.md, "Sizes", says how far that is from the goals. */

/** What is a file already is weighed as it is: no bundler takes it apart once more. */
const asItIs = (path, limit) => ({
  name: path,
  path,
  limit,
  modifyEsbuildConfig: (config) => ({ ...config, loader: { '.js': 'copy', '.html': 'copy' } }),
});

export default [
  { name: 'switchover/fetch', path: 'dist/fetch.js', limit: '11.4 kB' },
  { name: 'switchover/fetch { createFetch }', path: 'dist/fetch.js', import: '{ createFetch }', limit: '5.6 kB' },
  { name: 'switchover/socket', path: 'dist/socket.js', limit: '12 kB' },
  {
    name: 'switchover/socket { createWebSocket }',
    path: 'dist/socket.js',
    import: '{ createWebSocket }',
    limit: '8.1 kB',
  },
  { name: 'switchover/channel', path: 'dist/channel.js', limit: '16.6 kB' },
  {
    name: 'switchover/browser, workbox-window aside',
    path: 'dist/browser.js',
    ignore: ['workbox-window'],
    limit: '12 kB',
  },
  {
    name: 'switchover { createFailover }, browser',
    path: 'dist/index.browser.js',
    import: '{ createFailover }',
    limit: '60.7 kB',
  },
  {
    name: 'switchover { createFailover }, React Native',
    path: 'dist/index.reactNative.js',
    import: '{ createFailover }',
    limit: '60.7 kB',
  },
  { name: 'switchover/react-native', path: 'dist/react-native.js', limit: '5.5 kB' },
  {
    name: 'switchover { SwitchoverError }, browser',
    path: 'dist/index.browser.js',
    import: '{ SwitchoverError }',
    limit: '600 B',
  },
  {
    name: 'switchover/react, beside createFailover',
    path: 'dist/react.js',
    ignore: ['react', 'switchover'],
    limit: '5.8 kB',
  },
  asItIs('dist/switchover.global.js', '60.7 kB'),
  asItIs('dist/sw.js', '4 kB'),
  asItIs('dist/sw-redirect.js', '5.3 kB'),
  asItIs('dist/sw-transparent.js', '5.8 kB'),
  asItIs('dist/interpose.js', '5.9 kB'),
  asItIs('dist/kill-sw.js', '850 B'),
  asItIs('dist/offline.html', '3 kB'),
];
