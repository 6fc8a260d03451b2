import type { OfflineTexts } from './text.ts';

export const pl: OfflineTexts = {
  heading: 'Serwer nie odpowiada',
  lead: 'Pytamy dalej. Gdy tylko jeden z tych serwerów odpowie, strona otworzy się sama.',
  offlineHeading: 'Wygląda na brak połączenia',
  offlineLead: 'To urządzenie zgłasza brak połączenia. Mimo to pytamy dalej.',
  asking: 'pytamy …',
  silent: 'brak odpowiedzi',
  unwell: 'niegotowy',
  answers: 'odpowiada',
  next: 'Następna próba {}',
  trying: 'Próbujemy …',
  tryNow: 'Spróbuj teraz',
  asked: 'Żądany adres',
  leaving: '{} odpowiada. Otwieramy stronę …',
  still: 'Nadal brak odpowiedzi. Pytamy dalej.',
  stuck: '{} odpowiada, ale strona się nie otworzyła. Spróbuj ponownie lub skorzystaj z jednego z linków.',
};
