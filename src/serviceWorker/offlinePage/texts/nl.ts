import type { OfflineTexts } from './text.ts';

export const nl: OfflineTexts = {
  heading: 'De server antwoordt niet',
  lead: 'We blijven vragen. Zodra een van deze servers antwoordt, opent je pagina vanzelf.',
  offlineHeading: 'Je lijkt offline te zijn',
  offlineLead: 'Dit apparaat meldt geen verbinding. We blijven toch vragen.',
  asking: 'wordt gevraagd …',
  silent: 'geen antwoord',
  unwell: 'niet gereed',
  answers: 'antwoordt',
  next: 'Volgende poging {}',
  trying: 'Nieuwe poging …',
  tryNow: 'Nu proberen',
  asked: 'Je vroeg om',
  leaving: '{} antwoordt. Je pagina wordt geopend …',
  still: 'Nog steeds geen antwoord. We blijven vragen.',
  stuck: '{} antwoordt, maar je pagina ging niet open. Probeer het opnieuw of volg een van de links.',
};
