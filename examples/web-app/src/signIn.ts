import { element } from './elements.ts';
import { type Me, signIn } from './failover.ts';

/** Asks for a name until somebody is signed in. */
export function askForName(main: HTMLElement): Promise<Me> {
  const field = element('input', { id: 'name', autocomplete: 'username', required: '', maxlength: '32' });
  const complaint = element('p', { role: 'alert' });
  const form = element(
    'form',
    { class: 'sign-in' },
    element('label', { for: 'name' }, 'What are you called?'),
    field,
    element('button', {}, 'Come in'),
    complaint,
  );
  main.replaceChildren(form);
  field.focus();
  return new Promise((resolve) => {
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      complaint.textContent = '';
      try {
        const me = await signIn(field.value.trim());
        if (me !== null) resolve(me);
        else complaint.textContent = 'Letters, digits, dots and dashes, please.';
      } catch (error) {
        complaint.textContent = `No server could be reached: ${(error as Error).message}`;
      }
    });
  });
}
