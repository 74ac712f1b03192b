/** Resolves when the event loop has been round: between long pieces of work, so that signals and timers have their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
