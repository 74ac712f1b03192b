// Compares the packets of records with what the libraries logged: type, name, id and payload where the log has them, in the
// order of each direction, and for replies the call.

/**
 * `protocols`: those whose packets the libraries log. `besides`: what else may stand there, as `protocol type`.
 * `unlogged`: what an end does not log, as `sent server CONNECT`. `faults`: codes of the findings that the case makes on purpose.
 */
export function compare(log, sources, { protocols, besides = [], faults = [], unlogged = [] }) {
  const differences = [];
  let [packets, replies] = [0, 0];
  for (const [source, records] of Object.entries(sources)) {
    const found = records.filter(({ type }) => type === 'packet');
    for (const direction of ['client', 'server']) {
      const ours = byConnection(found.filter((packet) => packet.direction === direction && !isBeside(packet, besides)));
      for (const [end, said] of Object.entries(log.of(direction))) {
        if (said.length === 0) continue;
        const isLogged = (type) => !unlogged.includes(`${end} ${direction} ${type}`);
        for (const entry of said) Object.assign(entry, { protocol: entry.protocol ?? protocols[0], packet: undefined });
        const ofEach = [...said].toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
        const named = ofEach.filter(({ type }) => isLogged(type));
        const logged = new Set(named.map(({ protocol }) => protocol));
        const shown = ours.filter(
          ({ protocol, packet }) => isLogged(packet) && (logged.has(protocol) || !protocols.includes(protocol)),
        );
        const where = `${source}, ${end} ${end === 'sent' ? 'by' : 'from'} the ${direction}`;
        differences.push(...unlike(named, shown).map((what) => `${where}: ${what}`));
        packets += named.length;
      }
    }
    const paired = pairs(log);
    replies += paired.length;
    const wrong = paired.filter(({ packet, call }) => packet.replyTo !== call.index);
    differences.push(...wrong.map((pair) => `${source}: ${notPaired(pair)}`));
    differences.push(...findings(records, faults).map((what) => `${source}: ${what}`));
  }
  return { packets, replies, differences };
}

function byConnection(packets) {
  return packets.toSorted((a, b) => a.connection - b.connection);
}

function isBeside({ protocol, packet, name }, besides) {
  return besides.some((words) =>
    [`${protocol}`, `${protocol} ${packet}`, `${protocol} ${packet} ${name}`].includes(words),
  );
}

/** What is in one list alone, by their longest common subsequence. */
function unlike(said, shown) {
  const table = said.map(() => new Array(shown.length + 1).fill(0));
  table.push(new Array(shown.length + 1).fill(0));
  for (let a = said.length - 1; a >= 0; a--) {
    for (let b = shown.length - 1; b >= 0; b--) {
      table[a][b] = isSame(said[a], shown[b]) ? table[a + 1][b + 1] + 1 : Math.max(table[a + 1][b], table[a][b + 1]);
    }
  }
  const out = [];
  let [a, b] = [0, 0];
  while (a < said.length || b < shown.length) {
    if (a < said.length && b < shown.length && isSame(said[a], shown[b])) {
      said[a].packet = shown[b];
      [a, b] = [a + 1, b + 1];
    } else if (b === shown.length || (a < said.length && table[a + 1][b] >= table[a][b + 1])) {
      out.push(`missing ${short(said[a++])}`);
    } else out.push(`extra ${short(shown[b++])}`);
  }
  return out;
}

function isSame(said, packet) {
  if (said.protocol !== packet.protocol || said.type !== packet.packet) return false;
  return ['name', 'id', 'payload', 'error'].every((key) => !(key in said) || plain(said[key]) === plain(packet[key]));
}

/** Bytes as records have them; the order of members does not count. */
function plain(value) {
  return JSON.stringify(value, function (key, held) {
    const raw = this[key];
    if (raw instanceof Uint8Array) return { hex: Buffer.from(raw).toString('hex') };
    if (raw instanceof ArrayBuffer) return { hex: Buffer.from(raw).toString('hex') };
    if (typeof raw === 'bigint') return String(raw);
    if (held?.type === 'Buffer' && Array.isArray(held.data)) return { hex: Buffer.from(held.data).toString('hex') };
    if (held === null || typeof held !== 'object' || Array.isArray(held)) return held;
    return Object.fromEntries(Object.entries(held).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Replies with their calls, as each end logs them: those that it got to its own calls, and those that it gave. */
function pairs({ client, server }) {
  return [client, server].flatMap(({ sent, got }) => [...answered(sent, got), ...answered(got, sent)]);
}

/** An entry with `reply` answers the last call before it with the same `call`. */
function answered(calls, replies) {
  return [...replies].flatMap(({ reply, order, packet }) => {
    if (reply === undefined || packet === undefined) return [];
    const call = calls.findLast((one) => one.call === reply && one.order < order)?.packet;
    return call?.connection === packet.connection ? [{ packet, call }] : [];
  });
}

function notPaired({ packet, call }) {
  return `${packet.packet} ${packet.index} replies to ${packet.replyTo} instead of ${call.packet} ${call.index}`;
}

function findings(records, faults) {
  return records
    .flatMap((record) => [...(record.diagnostics?.map?.((one) => ({ ...one, of: record })) ?? []), ...alone(record)])
    .filter(({ code }) => !faults.includes(code))
    .map(({ code, message, of }) => `${code}: ${message}${of ? ` (${short(of)})` : ''}`);
}

function alone(record) {
  return record.type === 'diagnostic' ? [record] : [];
}

function short(entry) {
  const { protocol, name, id } = entry;
  const type = entry.packet?.packet ?? entry.packet ?? entry.type;
  const payload = plain(entry.payload ?? entry.summary ?? '');
  return [protocol, type, name, id === undefined ? undefined : `#${id}`, payload?.slice(0, 120)]
    .filter((part) => part !== undefined)
    .join(' ');
}
