await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
