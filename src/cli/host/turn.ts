/** Resolves after a turn of the event loop: between long pieces of work, so that signals and timers are handled. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
