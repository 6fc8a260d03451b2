import type { OfflineTexts } from './text.ts';

export const fr: OfflineTexts = {
  heading: 'Le serveur ne répond pas',
  lead: 'Nous continuons à l’interroger. Dès que l’un de ces serveurs répond, votre page s’ouvre d’elle-même.',
  offlineHeading: 'Vous semblez être hors ligne',
  offlineLead: 'Cet appareil n’indique aucune connexion. Nous continuons malgré tout.',
  asking: 'interrogé …',
  silent: 'pas de réponse',
  unwell: 'pas prêt',
  answers: 'répond',
  next: 'Prochain essai {}',
  trying: 'Essai en cours …',
  tryNow: 'Réessayer',
  asked: 'Vous avez demandé',
  leaving: '{} répond. Ouverture de votre page …',
  still: 'Toujours pas de réponse. Nous continuons.',
  stuck: '{} répond, mais votre page ne s’est pas ouverte. Réessayez, ou suivez un lien ci-dessous.',
};
