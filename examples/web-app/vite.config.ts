import { switchover } from 'switchover/vite';
import { defineConfig } from 'vite';

/** `HOSTS="https://a.example.com https://b.example.com" npx vite build` */
const hosts = (process.env['HOSTS'] ?? 'http://a.localhost:8001 http://b.localhost:8002').split(' ');
const mode = process.env['MODE'] ?? 'offline-page';

export default defineConfig({
  root: import.meta.dirname,
  define: { HOSTS: JSON.stringify(hosts) },
  build: { target: 'es2022', outDir: process.env['OUT'] ?? 'dist', emptyOutDir: true },
  plugins: [
    switchover({
      hosts,
      name: 'quay',
      mode: mode as 'offline-page' | 'redirect' | 'transparent',
      probePath: '/healthz/ready',
      handoff: '/switchover-handoff',
    }),
  ],
});
