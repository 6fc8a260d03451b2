import type { OfflineTexts } from './text.ts';

export const zh: OfflineTexts = {
  heading: '服务器没有响应',
  lead: '我们会继续询问。只要以下任一服务器响应，页面就会自动打开。',
  offlineHeading: '您似乎已离线',
  offlineLead: '此设备显示没有网络连接。我们仍会继续询问。',
  asking: '正在询问…',
  silent: '没有响应',
  unwell: '尚未就绪',
  answers: '已响应',
  next: '{}再试',
  trying: '正在尝试…',
  tryNow: '立即重试',
  asked: '您请求的是',
  leaving: '{} 已响应，正在打开页面…',
  still: '仍然没有响应。我们会继续询问。',
  stuck: '{} 已响应，但页面没有打开。请重试，或点击下方的链接。',
};
