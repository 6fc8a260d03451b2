import { element } from './elements.ts';
import { failover, type Me, signOut, whoAmI } from './failover.ts';
import { enterRoom } from './room.ts';
import { askForName } from './signIn.ts';
import { SwitchoverStatus } from './status.ts';
import { useWorker } from './worker.ts';

const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const main = byId('main');
const menu = document.querySelector('nav') as HTMLElement;

customElements.define('switchover-status', SwitchoverStatus);
(document.querySelector('switchover-status') as SwitchoverStatus).failover = failover;
void useWorker(byId('update'));

byId('show-pictures').addEventListener('click', async () => {
  const { picturesDialog } = await import('./pictures.ts');
  const dialog = picturesDialog();
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
});

async function start(me: Me | null): Promise<void> {
  const leave = await enterRoom(main, me ?? (await askForName(main)));
  menu.hidden = false;
  byId('sign-out').addEventListener('click', () => void end(leave), { once: true });
}

async function end(leave: () => Promise<void>): Promise<void> {
  menu.hidden = true;
  await leave();
  // Without a server the token is forgotten here alone.
  await signOut().catch(() => {});
  await start(null);
}

/** The page is here, and no server said who is signed in: it may be another moment's trouble. */
function askAgain(error: unknown): void {
  const again = element('button', {}, 'Try again');
  again.addEventListener('click', () => void begin());
  main.replaceChildren(
    element('p', { role: 'alert' }, `No server could be reached: ${(error as Error).message}`),
    again,
  );
}

async function begin(): Promise<void> {
  try {
    await start(await whoAmI());
  } catch (error) {
    askAgain(error);
  }
}

await begin();
