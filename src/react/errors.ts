import { SwitchoverError } from '../policy/error.ts';

/** There is no provider above a hook. */
export const noProvider = (): SwitchoverError =>
  new SwitchoverError('NO_PROVIDER', 'There is no FailoverProvider above this component.', {
    remedy: 'Put <FailoverProvider options={{ hosts }}> around the app.',
  });

/** What a provider makes by itself is not there yet. */
export const notMounted = (): SwitchoverError =>
  new SwitchoverError('NOT_MOUNTED', 'The failover of this provider is made when the provider is mounted.', {
    remedy:
      'Use it in an effect or an event handler, not in a render or on a server; or give the provider one of your own.',
  });

/** A hook wants a session where the failover has none. */
export const noSession = (): SwitchoverError =>
  new SwitchoverError('NO_SESSION', 'This failover has no session.', {
    remedy: 'Give `session` among the options of createFailover or of the provider.',
  });

/** A component speaks on a channel that it does not hold. */
export const notHeld = (): SwitchoverError =>
  new SwitchoverError('CLOSED', 'The channel is not open: its component is not mounted, or has ended it.', {
    remedy: 'Use it in effects and event handlers of a mounted component.',
  });

/** Two components want one channel in two ways. */
export const otherOptions = (path: string, name: string): SwitchoverError =>
  new SwitchoverError('INVALID_OPTION', `Another component has opened the channel ${path} with another ${name}.`, {
    remedy:
      'Give the same options to both, give them to the one that is mounted first alone, or give one another `name`.',
  });

/** A provider can't tell what it is to provide. */
export const oneOfBoth = (): SwitchoverError =>
  new SwitchoverError('INVALID_OPTION', 'A FailoverProvider needs either `failover` or `options`.', {
    remedy: 'Give a failover that you have made, or the options to make one: not both.',
  });
