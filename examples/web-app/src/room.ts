import { element } from './elements.ts';
import { failover, type Me } from './failover.ts';

interface Line {
  readonly id: number;
  readonly author: string;
  readonly text: string;
  readonly server: string;
}

/** The room, as long as somebody is signed in. The returned function leaves it, for good. */
export async function enterRoom(main: HTMLElement, me: Me): Promise<() => Promise<void>> {
  const said = element('ol', { 'aria-live': 'polite', 'aria-label': 'What was said' });
  const field = element('input', {
    'aria-label': 'Say something',
    placeholder: 'Say something',
    autocomplete: 'off',
    required: '',
  });
  const form = element('form', { class: 'say' }, field, element('button', {}, 'Send'));
  main.replaceChildren(said, form);
  field.focus();

  // Opened first: what is said while the history is on its way is shown after it.
  const channel = failover.channel('/channel', { credential: () => me.token, name: `room:${me.name}` });
  const shown = new Set<number>();
  const show = (line: Line) => {
    if (shown.has(line.id)) return;
    shown.add(line.id);
    said.append(lineElement(line, me.name));
    said.lastElementChild?.scrollIntoView({ block: 'end' });
  };
  const history = failover.http.get('api/history').json<readonly Line[]>();
  channel.on('message', async (line) => {
    await history.catch(() => {});
    show(line as Line);
  });
  channel.on('gap', () => said.append(element('li', { class: 'note' }, 'Something that was said here was lost.')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void say(field.value, said, channel);
    field.value = '';
  });
  // A host may fail just now. What is said from here on comes all the same.
  const lines = await history.catch(() => null);
  if (lines === null) said.prepend(element('li', { class: 'note' }, 'What was said before could not be loaded.'));
  for (const line of lines ?? []) show(line);
  return () => channel.close({ end: true });
}

/** Shows a line as waiting until a server has it. It outlives a reload: what waits is sent by the next page. */
async function say(text: string, said: HTMLElement, channel: ReturnType<typeof failover.channel>): Promise<void> {
  const note = element('small', {}, 'waits for a server');
  const waiting = element('li', { class: 'own waiting' }, element('p', {}, text), note);
  said.append(waiting);
  waiting.scrollIntoView({ block: 'end' });
  try {
    await channel.send({ text });
    waiting.remove();
  } catch (error) {
    note.textContent = `not sent: ${(error as Error).message}`;
  }
}

function lineElement({ author, text, server }: Line, own: string): HTMLLIElement {
  const by = element('small', {}, element('b', {}, author), ` by server ${server}`);
  return element('li', author === own ? { class: 'own' } : {}, element('p', {}, text), by);
}
