import { element } from './elements.ts';

/** In a chunk of its own: loaded when somebody asks for it, from whichever host answers. */
export function picturesDialog(): HTMLDialogElement {
  const pictures = ['dawn', 'noon', 'dusk', 'night'].map((time) =>
    element('img', { src: `/pictures/${time}.svg`, alt: `The quay at ${time}`, width: '320', height: '200' }),
  );
  const close = element('form', { method: 'dialog' }, element('button', {}, 'Close'));
  return element('dialog', { class: 'pictures', 'aria-label': 'Pictures' }, ...pictures, close);
}
