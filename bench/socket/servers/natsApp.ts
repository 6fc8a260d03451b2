/** The application beside one nats-server, and connected to that one alone. Started by the rig. */
import { wsconnect } from '@nats-io/nats-core';
import { speaker } from './speaker.ts';

const { launch, process, listening } = speaker((text) => connection.publish('feed', text));

const connection = await wsconnect({ servers: String(launch.extra), reconnect: false });
connection.subscribe('say.*', {
  callback: (_error, message) => {
    connection.publish(message.subject.replace('say', 'hear'), process(message.string()));
  },
});
await connection.flush();
listening();
