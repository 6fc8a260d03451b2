import { Village } from './village.ts';
import { mendEngine } from './villageClock.ts';

/** The app that `app.js` has put there. */
interface Quay {
  emit(name: string, event: unknown): void;
  start(hosts: readonly string[]): App;
  readonly keys: object;
  readonly disk: object;
}

interface App {
  readonly events: readonly string[];
  readonly heard: readonly string[];
  current(): string;
  http<Answer>(path: string, how?: object): Promise<Answer>;
  enter(credential: () => string): void;
  say(text: string): Promise<void>;
  link(): string;
  end(): Promise<void>;
}

interface Engine {
  readonly quay: Quay;
  readonly print?: (text: string) => void;
  __turboModuleProxy?: unknown;
  nativeModuleProxy?: unknown;
  RN$Bridgeless?: boolean;
  playStory?: () => void;
}

const HOSTS = ['https://a.example.com', 'https://b.example.com'] as const;
const engine = globalThis as unknown as Engine;

/** Where no device is there, as in an engine that is alone, the village is put around the app. */
if (engine.__turboModuleProxy === undefined) {
  mendEngine();
  const village = new Village((name, event) => engine.quay.emit(name, event));
  engine.__turboModuleProxy = village.phone.module;
  engine.nativeModuleProxy = {};
  engine.RN$Bridgeless = true;
  engine.playStory = () => {
    play(village).then(
      (told) => engine.print?.(JSON.stringify(told)),
      (error: Error) => engine.print?.(JSON.stringify({ error: `${error.message}\n${error.stack}` })),
    );
  };
}

/** A host dies in the midst of a conversation; the app sleeps while another hangs; and it is started anew. */
async function play(village: Village): Promise<object> {
  const [a, b] = HOSTS;
  const app = engine.quay.start(HOSTS);
  const first = await app.http<{ by: string; token: string }>('api/me', { searchParams: { of: 'ann' } });
  app.enter(() => first.token);
  await app.say('one');
  village.become(a, 'dead');
  const second = await app.http<{ by: string }>('api/note', { method: 'put', json: { text: 'ä' } });
  await app.say('two');
  village.say('good evening');
  await until(village, () => app.heard.length === 1);
  village.phone.appState('background');
  village.become(a, 'well');
  village.become(b, 'hung');
  village.phone.appState('active');
  await app.say('three');
  const events = [...app.events];
  const at = app.current();
  await app.end();
  const again = engine.quay.start(HOSTS);
  again.enter(() => first.token);
  await again.say('four');
  await again.end();
  return {
    answers: [first.by, second],
    events,
    at,
    heard: app.heard,
    later: again.events,
    got: village.got,
    keys: Object.keys(engine.quay.keys),
    disk: Object.keys(engine.quay.disk),
    aborted: village.phone.aborted.length > 0,
  };
}

function until(village: Village, isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => (isTrue() ? resolve() : void village.clock.setTimer(look, 10));
    look();
  });
}
