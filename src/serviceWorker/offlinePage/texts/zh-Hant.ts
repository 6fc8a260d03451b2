import type { OfflineTexts } from './text.ts';

export const zhHant: OfflineTexts = {
  heading: '伺服器沒有回應',
  lead: '我們會繼續詢問。只要以下任一伺服器回應，頁面就會自動開啟。',
  offlineHeading: '您似乎已離線',
  offlineLead: '此裝置顯示沒有網路連線。我們仍會繼續詢問。',
  asking: '正在詢問…',
  silent: '沒有回應',
  unwell: '尚未就緒',
  answers: '已回應',
  next: '{}再試',
  trying: '正在嘗試…',
  tryNow: '立即重試',
  asked: '您要求的是',
  leaving: '{} 已回應，正在開啟頁面…',
  still: '仍然沒有回應。我們會繼續詢問。',
  stuck: '{} 已回應，但頁面沒有開啟。請重試，或點選下方的連結。',
};
