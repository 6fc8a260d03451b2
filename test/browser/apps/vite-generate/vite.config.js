import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

export default defineConfig({
  plugins: [
    VitePWA({
      injectRegister: 'auto',
      workbox: {
        // `switchover-interpose.js` lies in public/.
        importScripts: ['switchover-interpose.js'],
        globIgnores: ['switchover-*'],
        // These pages come from the server; all others are the precached shell.
        navigateFallbackDenylist: [/^\/news\//, /^\/account\//],
        navigationPreload: true,
        runtimeCaching: [{ urlPattern: /\/news\//, handler: 'NetworkFirst' }],
      },
    }),
  ],
});
