/**
 * A timer of a case, in seconds. It does not keep the process running (whoever runs the cases does): a signal ends the
 * run at once, and what cases were waiting for then does not matter any more.
 */
export function after(seconds: number, then: () => void): NodeJS.Timeout {
  return setTimeout(then, seconds * 1000).unref();
}
