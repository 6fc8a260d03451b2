import type { OfflineTexts } from './text.ts';

export const it: OfflineTexts = {
  heading: 'Il server non risponde',
  lead: 'Continuiamo a chiedere. Appena uno di questi server risponde, la pagina si apre da sola.',
  offlineHeading: 'Sembra che non ci sia connessione',
  offlineLead: 'Questo dispositivo risulta offline. Continuiamo comunque a chiedere.',
  asking: 'in attesa …',
  silent: 'nessuna risposta',
  unwell: 'non pronto',
  answers: 'risponde',
  next: 'Prossimo tentativo {}',
  trying: 'Tentativo in corso …',
  tryNow: 'Prova ora',
  asked: 'Hai richiesto',
  leaving: '{} risponde. Apertura della pagina …',
  still: 'Ancora nessuna risposta. Continuiamo a chiedere.',
  stuck: '{} risponde, ma la pagina non si è aperta. Riprova, o segui uno dei link.',
};
