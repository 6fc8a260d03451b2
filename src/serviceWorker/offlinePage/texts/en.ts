import type { OfflineTexts } from './text.ts';

export const en: OfflineTexts = {
  heading: 'The server isn’t answering',
  lead: 'We keep asking. Your page opens as soon as one of these servers answers.',
  offlineHeading: 'You seem to be offline',
  offlineLead: 'We keep asking all the same.',
  asking: 'asking …',
  silent: 'no answer',
  unwell: 'not ready',
  answers: 'answers',
  next: 'Next try {}',
  trying: 'Trying now …',
  tryNow: 'Try now',
  asked: 'You asked for',
  leaving: '{} answers. Opening your page …',
  still: 'Still no answer.',
  stuck: '{} answers, yet your page did not open. Try again or follow a link.',
};
