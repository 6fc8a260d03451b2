import { registerWorker } from 'switchover/browser';

/** Registers the worker that Vite wrote. A new version of it waits until the person wants it. */
export async function useWorker(notice: HTMLElement): Promise<void> {
  const worker = registerWorker({ url: '/switchover-sw.js' });
  worker.on('waiting', () => {
    notice.hidden = false;
    notice.querySelector('button')?.addEventListener('click', () => void worker.activateWaiting(), { once: true });
  });
}
