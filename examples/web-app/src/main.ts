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
  await signOut();
  await start(null);
}

await start(await whoAmI());
