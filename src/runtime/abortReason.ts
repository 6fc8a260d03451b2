/** Why a signal was aborted. React Native's signals carry no reason: an AbortError stands in, as the Fetch standard has it. */
export function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? Object.assign(new Error('This operation was aborted'), { name: 'AbortError' });
}
