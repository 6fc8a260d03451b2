import type { OfflineTexts } from './text.ts';

export const cs: OfflineTexts = {
  heading: 'Server neodpovídá',
  lead: 'Ptáme se dál. Jakmile některý z těchto serverů odpoví, stránka se sama otevře.',
  offlineHeading: 'Zdá se, že jste offline',
  offlineLead: 'Zařízení hlásí, že nemá připojení. Ptáme se i přesto dál.',
  asking: 'čekáme …',
  silent: 'bez odpovědi',
  unwell: 'není připraven',
  answers: 'odpovídá',
  next: 'Další pokus {}',
  trying: 'Zkoušíme …',
  tryNow: 'Zkusit teď',
  asked: 'Požadovaná adresa',
  leaving: '{} odpovídá. Otevíráme stránku …',
  still: 'Stále bez odpovědi. Ptáme se dál.',
  stuck: '{} odpovídá, ale stránka se neotevřela. Zkuste to znovu nebo použijte některý z odkazů.',
};
