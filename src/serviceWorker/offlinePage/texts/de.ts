import type { OfflineTexts } from './text.ts';

export const de: OfflineTexts = {
  heading: 'Der Server antwortet nicht',
  lead: 'Wir fragen weiter. Sobald einer dieser Server antwortet, öffnet sich die Seite von selbst.',
  offlineHeading: 'Keine Verbindung',
  offlineLead: 'Dieses Gerät meldet, dass es offline ist. Wir fragen trotzdem weiter.',
  asking: 'wird gefragt …',
  silent: 'keine Antwort',
  unwell: 'nicht bereit',
  answers: 'antwortet',
  next: 'Nächster Versuch {}',
  trying: 'Neuer Versuch …',
  tryNow: 'Jetzt versuchen',
  asked: 'Aufgerufen wurde',
  leaving: '{} antwortet. Die Seite wird geöffnet …',
  still: 'Noch immer keine Antwort. Wir fragen weiter.',
  stuck: '{} antwortet, doch die Seite ging nicht auf. Ein neuer Versuch oder ein Link in der Liste kann helfen.',
};
