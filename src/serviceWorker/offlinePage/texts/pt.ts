import type { OfflineTexts } from './text.ts';

export const pt: OfflineTexts = {
  heading: 'O servidor não responde',
  lead: 'Continuamos a perguntar. Assim que um destes servidores responder, a sua página abre sozinha.',
  offlineHeading: 'Parece não haver ligação',
  offlineLead: 'Este dispositivo indica que está offline. Continuamos a perguntar mesmo assim.',
  asking: 'a perguntar …',
  silent: 'sem resposta',
  unwell: 'não está pronto',
  answers: 'responde',
  next: 'Próxima tentativa {}',
  trying: 'A tentar …',
  tryNow: 'Tentar agora',
  asked: 'Endereço pedido',
  leaving: '{} responde. A abrir a sua página …',
  still: 'Ainda sem resposta. Continuamos a perguntar.',
  stuck: '{} responde, mas a sua página não abriu. Tente de novo ou siga uma das ligações.',
};
