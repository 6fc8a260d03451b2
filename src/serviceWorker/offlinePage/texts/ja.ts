import type { OfflineTexts } from './text.ts';

export const ja: OfflineTexts = {
  heading: 'サーバーが応答していません',
  lead: '確認を続けています。次のいずれかのサーバーが応答すると、ページは自動的に開きます。',
  offlineHeading: 'オフラインのようです',
  offlineLead: 'この端末は接続がないと報告しています。それでも確認を続けます。',
  asking: '確認中…',
  silent: '応答なし',
  unwell: '準備中',
  answers: '応答あり',
  next: '{}に再試行します',
  trying: '確認しています…',
  tryNow: '今すぐ試す',
  asked: 'お求めのページ',
  leaving: '{} が応答しました。ページを開いています…',
  still: 'まだ応答がありません。確認を続けます。',
  stuck: '{} は応答していますが、ページが開きませんでした。もう一度試すか、下のリンクをお使いください。',
};
