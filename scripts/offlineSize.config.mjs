/** How size-limit takes the offline page: as it is. It has no bundler that knows pages. */
export default {
  entryPoints: ['dist/offline.html'],
  bundle: true,
  loader: { '.html': 'copy' },
  outdir: '.tmp/size',
};
