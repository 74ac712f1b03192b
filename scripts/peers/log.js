/** In the order in which both ends log. */
class Entries extends Array {
  static #count = 0;

  push(...entries) {
    for (const entry of entries) entry.order = ++Entries.#count;
    return super.push(...entries);
  }
}

/** What the libraries said, in four lists: each end logs what it sent and what it got. */
export class Log {
  client = { sent: new Entries(), got: new Entries() };
  server = { sent: new Entries(), got: new Entries() };

  /** Lists of the packets of a direction, each by the end that logged it. */
  of(direction) {
    const [from, to] = direction === 'client' ? [this.client, this.server] : [this.server, this.client];
    return { sent: from.sent, got: to.got };
  }

  get size() {
    return [this.client, this.server].reduce((sum, { sent, got }) => sum + sent.length + got.length, 0);
  }
}
