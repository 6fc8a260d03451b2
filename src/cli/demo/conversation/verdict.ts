import type { ConversationPlay } from './records.ts';
import { conversationReport } from './report.ts';

/**
 * What speaks against a conversation, one sentence each; empty if every promise was kept. A conversation in which too
 * little was said proves nothing, and is complained of, too.
 */
export function complaintsAboutConversation(play: ConversationPlay): readonly string[] {
  const { acts, total } = conversationReport(play);
  const refused = play.spoken.flatMap(({ talker, number, end }) =>
    end.kind === 'refused' ? [`Message ${number} of ${talker} was refused: ${end.why}.`] : [],
  );
  const away = play.acts.filter(({ fault }) => fault !== null && fault.returnedMs === null);
  return [
    ...(total.lost > 0 ? [`${total.lost} deliveries of accepted messages were lost.`] : []),
    ...(total.repeated > 0 ? [`${total.repeated} deliveries were repeated.`] : []),
    ...(total.reordered > 0 ? [`${total.reordered} deliveries came out of order.`] : []),
    ...refused,
    ...play.gaps,
    ...(play.acts.some(({ fault }) => fault !== null) ? [] : ['No fault was tried in the conversation.']),
    ...away.map(({ name }) => `${name}: not everybody returned to the preferred server.`),
    ...acts.filter(({ accepted }) => accepted === 0).map(({ act }) => `${act}: no message was accepted.`),
  ];
}
