/*
 * Parts of undici by their own files. Its front door can't be used: to import it makes an npm copy of undici the
 * dispatcher of every global `fetch` in the process, the application's own included, and loads three times as much.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export = Agent;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  export = buildConnector;
}

declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';
  export = errors;
}
