import type { OfflineTexts } from './text.ts';

export const sv: OfflineTexts = {
  heading: 'Servern svarar inte',
  lead: 'Vi fortsätter att fråga. Så snart en av dessa servrar svarar öppnas sidan av sig själv.',
  offlineHeading: 'Du verkar vara offline',
  offlineLead: 'Enheten rapporterar ingen anslutning. Vi fortsätter att fråga ändå.',
  asking: 'frågar …',
  silent: 'inget svar',
  unwell: 'inte redo',
  answers: 'svarar',
  next: 'Nästa försök {}',
  trying: 'Försöker nu …',
  tryNow: 'Försök nu',
  asked: 'Du bad om',
  leaving: '{} svarar. Sidan öppnas …',
  still: 'Fortfarande inget svar. Vi fortsätter att fråga.',
  stuck: '{} svarar, men sidan öppnades inte. Försök igen eller följ en av länkarna.',
};
