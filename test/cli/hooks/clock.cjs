/* global process, performance, setImmediate */
// Preloaded where a test holds the clock of a run (test/cli/held-clock.ts): the timers of the program wait, and its clocks
// stand still, until the test lets time pass. Sockets, files and Node's own timers go on as ever.

/** Where both clocks begin: milliseconds since the epoch. */
const EPOCH = 1_795_356_000_000;
let now = 0;
let told = '';
let isTelling = false;
const waiting = new Set();

class Timer {
  constructor(callback, delay, args, repeats) {
    this.run = () => callback(...args);
    this.delay = Math.max(1, Number(delay) || 0);
    this.repeats = repeats;
    this.holds = true;
    this.refresh();
  }

  refresh() {
    this.due = now + this.delay;
    waiting.delete(this);
    waiting.add(this);
    changed();
    return this;
  }

  close() {
    waiting.delete(this);
    changed();
  }

  ref() {
    return this.hold(true);
  }

  unref() {
    return this.hold(false);
  }

  hasRef() {
    return this.holds;
  }

  hold(holds) {
    this.holds = holds;
    changed();
    return this;
  }
}

/** A timer keeps the process running, as ever; and the test is told what is waited for. */
function changed() {
  if ([...waiting].some((timer) => timer.holds)) process.channel?.ref();
  else process.channel?.unref();
  if (isTelling) return;
  isTelling = true;
  setImmediate(() => {
    isTelling = false;
    tell();
  }).unref();
}

function tell(done) {
  const left = [...waiting].map(({ due }) => due - now);
  const state = JSON.stringify({ left, ...(done !== undefined && { done }) });
  if (state !== told && process.connected) process.send((told = state), undefined, undefined, () => undefined);
}

/** What is due runs in its order, and what it leads to at once has its turn before the next. */
async function advance(milliseconds, id) {
  const end = now + milliseconds;
  for (;;) {
    const next = [...waiting].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
    if (next === undefined) break;
    now = next.due;
    if (next.repeats) next.refresh();
    else next.close();
    next.run();
    await new Promise((resolve) => setImmediate(resolve));
  }
  now = end;
  tell(id);
}

const clear = (timer) => void (timer instanceof Timer && timer.close());
globalThis.setTimeout = (callback, delay, ...args) => new Timer(callback, delay, args, false);
globalThis.setInterval = (callback, delay, ...args) => new Timer(callback, delay, args, true);
globalThis.clearTimeout = clear;
globalThis.clearInterval = clear;
Date.now = () => EPOCH + Math.floor(now);
Object.defineProperty(performance, 'now', { value: () => now });
Object.defineProperty(performance, 'timeOrigin', { value: EPOCH });

process.on('message', ({ milliseconds, id }) => void advance(milliseconds, id));
process.channel?.unref();
