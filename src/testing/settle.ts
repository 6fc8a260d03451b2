/** Lets everything run that waits for no timer, streams included. */
export async function settle(): Promise<void> {
  if (typeof MessageChannel === 'function') await message();
  else for (let turn = 0; turn < 100; turn++) await null;
}

/** One turn of the event loop: all promises come first. Test runners that replace timers leave messages alone. */
function message(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
