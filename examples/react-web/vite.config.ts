import { defineConfig } from 'vite';

/** `HOSTS="https://a.example.com https://b.example.com" npx vite build` */
const hosts = (process.env['HOSTS'] ?? 'http://a.localhost:8021 http://b.localhost:8022').split(' ');

// Building needs no plug-in. With @vitejs/plugin-react there are hot reloads, and `onwarn` may go.
export default defineConfig({
  root: import.meta.dirname,
  define: { HOSTS: JSON.stringify(hosts) },
  build: {
    target: 'es2022',
    outDir: process.env['OUT'] ?? 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      // `'use client'` means something to frameworks with server components alone.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
});
