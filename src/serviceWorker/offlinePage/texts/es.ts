import type { OfflineTexts } from './text.ts';

export const es: OfflineTexts = {
  heading: 'El servidor no responde',
  lead: 'Seguimos preguntando. En cuanto responda uno de estos servidores, su página se abrirá sola.',
  offlineHeading: 'Parece que no hay conexión',
  offlineLead: 'Este dispositivo indica que no hay conexión. Seguimos preguntando de todos modos.',
  asking: 'preguntando …',
  silent: 'sin respuesta',
  unwell: 'no está listo',
  answers: 'responde',
  next: 'Próximo intento {}',
  trying: 'Intentando …',
  tryNow: 'Intentar ahora',
  asked: 'Ha solicitado',
  leaving: '{} responde. Abriendo su página …',
  still: 'Todavía sin respuesta. Seguimos preguntando.',
  stuck: '{} responde, pero su página no se abrió. Inténtelo de nuevo o siga uno de los enlaces.',
};
