/**
 * A timer of a case, in seconds. It does not keep the process running (the runner of the cases does): a signal ends the
 * run at once, whatever the cases were waiting for.
 */
export function after(seconds: number, then: () => void): NodeJS.Timeout {
  return setTimeout(then, seconds * 1000).unref();
}
