import type { OfflineTexts } from './text.ts';

export const ptBR: OfflineTexts = {
  heading: 'O servidor não responde',
  lead: 'Continuamos perguntando. Assim que um destes servidores responder, sua página abrirá sozinha.',
  offlineHeading: 'Parece que você está offline',
  offlineLead: 'Este dispositivo indica que não há conexão. Continuamos perguntando mesmo assim.',
  asking: 'perguntando …',
  silent: 'sem resposta',
  unwell: 'não está pronto',
  answers: 'responde',
  next: 'Próxima tentativa {}',
  trying: 'Tentando …',
  tryNow: 'Tentar agora',
  asked: 'Você pediu',
  leaving: '{} responde. Abrindo sua página …',
  still: 'Ainda sem resposta. Continuamos perguntando.',
  stuck: '{} responde, mas sua página não abriu. Tente de novo ou siga um dos links.',
};
