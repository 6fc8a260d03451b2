import type { OfflineTexts } from './text.ts';

export const ko: OfflineTexts = {
  heading: '서버가 응답하지 않습니다',
  lead: '계속 확인하고 있습니다. 아래 서버 중 하나가 응답하면 페이지가 저절로 열립니다.',
  offlineHeading: '오프라인 상태인 것 같습니다',
  offlineLead: '이 기기에 연결이 없다고 표시됩니다. 그래도 계속 확인합니다.',
  asking: '확인 중…',
  silent: '응답 없음',
  unwell: '준비 안 됨',
  answers: '응답함',
  next: '{}에 다시 시도합니다',
  trying: '시도하는 중…',
  tryNow: '지금 시도',
  asked: '요청한 주소',
  leaving: '{} 서버가 응답합니다. 페이지를 여는 중…',
  still: '아직 응답이 없습니다. 계속 확인합니다.',
  stuck: '{} 서버가 응답하지만 페이지가 열리지 않았습니다. 다시 시도하거나 아래 링크를 이용하세요.',
};
