import type { OfflineTexts } from './text.ts';

export const tr: OfflineTexts = {
  heading: 'Sunucu yanıt vermiyor',
  lead: 'Sormaya devam ediyoruz. Bu sunuculardan biri yanıt verir vermez sayfanız kendiliğinden açılacak.',
  offlineHeading: 'Çevrimdışı görünüyorsunuz',
  offlineLead: 'Bu cihaz bağlantı olmadığını bildiriyor. Yine de sormaya devam ediyoruz.',
  asking: 'soruluyor …',
  silent: 'yanıt yok',
  unwell: 'hazır değil',
  answers: 'yanıt veriyor',
  next: 'Sonraki deneme {}',
  trying: 'Deneniyor …',
  tryNow: 'Şimdi dene',
  asked: 'İstenen adres',
  leaving: '{} yanıt veriyor. Sayfanız açılıyor …',
  still: 'Hâlâ yanıt yok. Sormaya devam ediyoruz.',
  stuck: '{} yanıt veriyor, ancak sayfanız açılmadı. Yeniden deneyin veya bağlantılardan birini izleyin.',
};
