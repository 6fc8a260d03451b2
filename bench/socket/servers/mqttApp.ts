/** The application beside one mosquitto, and connected to that one alone. Started by the rig. */
import { connectAsync } from 'mqtt';
import { speaker } from './speaker.ts';

const { launch, process, listening } = speaker((text) => void client.publish('feed', text, { qos: 1 }));

const client = await connectAsync(String(launch.extra), { reconnectPeriod: 0 });
// The broker's end is an end of this one: it is started anew with it.
client.on('error', () => {});
client.on('message', (topic, payload) => {
  client.publish(topic.replace('say', 'hear'), process(String(payload)), { qos: 1 });
});
await client.subscribeAsync('say/+', { qos: 1 });
listening();
