import type { Identity } from '../session.ts';
import { type WebEndpoint, type WebHandler, webHandler } from '../webHandler.ts';
import { emptyAnswer, jsonAnswer, Refusal, readableBy } from './answers.ts';
import { enter } from './enter.ts';
import { sourceOrigin } from './incoming.ts';
import { mint, preflight } from './mint.ts';
import { type HandoffOptions, type HandoffRefused, type HandoffSettings, readHandoffOptions } from './options.ts';
import { redeem } from './redeem.ts';

/** The endpoints of a host for users who come from another one. */
export interface HandoffHandler extends WebHandler {
  /** By path, for `sessionHandler`. */
  readonly endpoints: Readonly<Record<string, WebEndpoint>>;
}

type Step = HandoffRefused['step'];

/**
 * Lets users who are moved from another host's hostname stay signed in. Cookies and storage belong to one origin, so neither comes along.
 *
 * - `POST <path>/mint`: a page of another listed host shows a resume token and what it has stored, and gets a code that is good once, here,
 *   for {@link HandoffOptions.ttlMs}.
 * - `POST <path>/redeem`: the page that was led here with it in its fragment shows the code, and gets the application's cookie and
 *   what was stored.
 * - `POST <path>/enter`: the same by a form, for those who want the code in no address.
 *
 * Errors of the application's own functions reject: they are for the server around this.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`.
 */
export function createHandoff<I extends Identity>(options: HandoffOptions<I>): HandoffHandler {
  const settings = readHandoffOptions(options);
  const { path } = settings;
  const steps: [Step, (request: Request) => Promise<Response>][] = [
    ['mint', (request) => mint(request, settings)],
    ['enter', (request) => enter(request, settings)],
    ['redeem', (request) => redeem(request, settings)],
  ];
  const endpoints = new Map(steps.map(([step, act]) => [`${path}/${step}`, endpoint(step, act, settings)]));
  return Object.assign(webHandler(endpoints), { endpoints: Object.fromEntries(endpoints) });
}

function endpoint<I extends Identity>(
  step: Step,
  act: (request: Request) => Promise<Response>,
  settings: HandoffSettings<I>,
): WebEndpoint {
  return async (request) => {
    try {
      if (step === 'mint' && request.method === 'OPTIONS') return emptyAnswer(204, preflight(request, settings));
      if (request.method !== 'POST') throw new Refusal('format', 405, { Allow: 'POST' });
      return await limited(request, act, settings);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      const { why, status, headers } = thrown;
      settings.onRefused({ step, why, origin: request.headers.get('origin'), address: settings.address(request) });
      return jsonAnswer(status, { error: why }, { ...headers, ...(step === 'mint' ? shownTo(request, settings) : {}) });
    }
  };
}

async function limited<I extends Identity>(
  request: Request,
  act: (request: Request) => Promise<Response>,
  { rate, clock, address }: HandoffSettings<I>,
): Promise<Response> {
  const from = address(request);
  const waitS = rate.admit(from, clock.now());
  if (waitS !== null) throw new Refusal('rate', 429, { 'Retry-After': String(waitS) });
  try {
    return await act(request);
  } catch (thrown) {
    // What this host has no room for is not the client's doing.
    if (thrown instanceof Refusal && thrown.why !== 'full') rate.refused(from, clock.now());
    throw thrown;
  }
}

/** A page of a listed host may read why it was refused; others learn nothing. */
function shownTo<I extends Identity>(request: Request, settings: HandoffSettings<I>): Record<string, string> {
  try {
    return { ...readableBy(sourceOrigin(request, settings)), 'Access-Control-Expose-Headers': 'Retry-After' };
  } catch {
    return {};
  }
}
