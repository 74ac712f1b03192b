import { describe, expect, it } from 'vitest';
import { decrypt, expected, joinedWithin, NAMES, packetCount, pcapngBlocks, tlsCase, without } from './tls-captures.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe.each(NAMES)('%s', (name) => {
  const capture = tlsCase(name);
  const found = decrypt(capture.packets, capture.keys);

  it('holds the messages that the applications logged', () => {
    expect(found.messages.map(([, what]) => what).sort()).toEqual(expected(capture).sort());
  });

  it('names version and cipher', () => {
    for (const facts of found.facts) {
      expect(facts).toMatchObject({ version: capture.tls.version, cipher: capture.tls.cipher, decrypted: true });
    }
    expect(found.facts.length).toBeGreaterThan(0);
  });
});

describe('a key log', () => {
  const { packets, keys } = tlsCase('t13-aes128gcm');
  const random = (lines: string): string => /^CLIENT_TRAFFIC_SECRET_0 (\w+)/m.exec(lines)![1]!;

  it('may have CRLF, comments, upper case, blanks and unknown labels', () => {
    const lines = text(keys).replace(/\b[0-9a-f]{64,}\b/g, (hex) => hex.toUpperCase());
    const odd = `\u{feff}# begun\r\n\r\n  ${lines.trim().split('\n').join(' \r\n\t')}\r\nNEW_LABEL 00 11\r\nRSA 0011 2233\r\n`;
    const found = decrypt(packets, odd);
    expect(found.messages).toHaveLength(22);
    expect(found.notices).toEqual([]);
  });

  it('may have another random, as with Encrypted Client Hello', () => {
    const lines = text(keys).replaceAll(random(text(keys)), 'ab'.repeat(32));
    expect(decrypt(packets, lines).messages).toHaveLength(22);
  });

  it('of other sessions opens nothing, and that is said once', () => {
    const { passedOver, notices, messages, traffic } = decrypt(packets, tlsCase('t13-chacha20').keys);
    expect({ passedOver, messages, decrypted: traffic.decrypted }).toEqual({
      passedOver: ['tls'],
      messages: [],
      decrypted: 0,
    });
    expect(notices).toEqual([
      expect.stringContaining(
        'connection 0 is TLS, not read: keys were given, and none fits this session by its client random',
      ),
    ]);
  });

  it('with wrong secrets opens nothing', () => {
    const lines = text(keys).replace(/ ([0-9a-f]{64})$/gm, ` ${'11'.repeat(32)}`);
    const { messages, notices } = decrypt(packets, lines);
    expect(messages).toEqual([]);
    expect(notices).toEqual([
      expect.stringContaining('the secrets that the key log has for it do not open its records'),
    ]);
  });

  it('with the secrets of one direction opens that one', () => {
    const lines = text(keys)
      .split('\n')
      .filter((line) => !line.startsWith('CLIENT_'))
      .join('\n');
    const { messages, facts } = decrypt(packets, lines);
    expect(messages.length).toBe(11);
    expect(messages.every(([, what]) => what.startsWith('server'))).toBe(true);
    expect(facts[0]).toMatchObject({ decrypted: true, reason: 'incomplete-keys' });
  });

  it('without the handshake secrets opens the data', () => {
    const lines = text(keys)
      .split('\n')
      .filter((line) => !line.includes('HANDSHAKE'))
      .join('\n');
    expect(decrypt(packets, lines).messages).toHaveLength(22);
  });

  it('reports its bad lines by number, without what they hold', () => {
    const { notices } = decrypt(
      packets,
      `CLIENT_RANDOM ${'aa'.repeat(32)} beef\n# x\n?? 00\nCLIENT_RANDOM aa ${'bb'.repeat(48)}\n`,
    );
    expect(notices.slice(0, 3)).toEqual([
      'line 1 of the key log: the master secret is not 96 hex digits',
      'line 3 of the key log: it does not begin with a label',
      'line 4 of the key log: the client random is not 64 hex digits',
    ]);
    expect(notices.join()).not.toMatch(/beef|bbbb|aaaa/);
  });
});

describe('TLS 1.2 joined late', () => {
  it('is not read, and why is said', () => {
    const { packets, keys } = tlsCase('t12-aes128gcm');
    const late = decrypt(new Uint8Array(Buffer.concat([packets.subarray(0, 24), afterPackets(packets, 30)])), keys);
    expect(late.messages).toEqual([]);
    expect(late.notices).toEqual([expect.stringContaining('its handshake was not captured. TLS 1.2 is not readable')]);
  });
});

function afterPackets(packets: Uint8Array, count: number): Uint8Array {
  const view = new DataView(packets.buffer, packets.byteOffset);
  let at = 24;
  for (let i = 0; i < count; i++) at += 16 + view.getUint32(at + 8, true);
  return packets.subarray(at);
}

describe('TLS 1.3 joined late', () => {
  const { packets, keys } = tlsCase('t13-late');

  it.each([1, 3, 10, 20])('is read from the first whole record on, %i bytes within another', (count) => {
    const { messages, facts } = decrypt(joinedWithin(packets, count), keys);
    expect(messages.length).toBeGreaterThanOrEqual(8);
    expect(facts).toMatchObject([{ version: 'TLS 1.3', decrypted: true }]);
  });

  it('shows no less the earlier it is joined, also where keys are updated', () => {
    const updated = tlsCase('t13-keyupdate');
    let before = 0;
    for (let from = packetCount(updated.packets) - 1; from > 10; from -= 3) {
      const late = without(updated.packets, (index) => index < from);
      const { messages } = decrypt(late, updated.keys, { mostTrials: 20_000 });
      expect(messages.length, `from packet ${from} on`).toBeGreaterThanOrEqual(before);
      before = messages.length;
    }
    expect(before).toBeGreaterThan(20);
  });

  it('is read after updates of its keys that the log does not have', () => {
    const { packets: updated, keys: log } = tlsCase('t13-keyupdate');
    const first = text(log).replace(/^\w+_N .*\n/gm, '');
    const half = packetCount(updated) >> 1;
    const late = without(updated, (index) => index < half);
    const { messages } = decrypt(late, first);
    expect(messages).toEqual(decrypt(late, log).messages);
    expect(messages.length).toBeGreaterThan(5);
  });

  it('is not read where no trial is allowed', () => {
    expect(decrypt(packets, keys, { mostTrials: 0 })).toMatchObject({ messages: [], passedOver: ['tls'] });
  });
});

describe('keys that come later than the packets', () => {
  it.each(['t13-aes128gcm', 't12-aes128gcm', 't13-resume', 't13-0rtt'])('are taken up in %s', (name) => {
    const capture = tlsCase(name);
    for (const lookups of [0, 1, 2, 7, 15]) {
      const { messages, facts, notices } = decrypt(capture.packets, capture.keys, { lookups });
      expect(messages.map(([, what]) => what).sort(), `${lookups}`).toEqual(expected(capture).sort());
      expect(facts.every((fact) => fact?.decrypted)).toBe(true);
      expect(notices).toEqual([]);
    }
  });

  describe('in the capture itself', () => {
    const capture = tlsCase('t12-dsb');
    const { secrets, others } = pcapngBlocks(capture.packets);
    const late = new Uint8Array(Buffer.concat([...others, ...secrets]));

    it('are taken up', () => {
      const { messages, notices } = decrypt(late, '');
      expect(messages.map(([, what]) => what)).toEqual(expected(capture));
      expect(notices).toEqual([]);
    });

    it('are waited for within a bound, and it is reported where they come after it', () => {
      const { messages, notices, passedOver } = decrypt(late, '', { mostWaiting: 4000 });
      expect({ messages, passedOver }).toEqual({ messages: [], passedOver: ['tls'] });
      expect(notices).toEqual([
        expect.stringContaining('connection 0 is TLS, and may hold wss'),
        expect.stringMatching(/^1 TLS session is not read, as the keys came after more/),
      ]);
    });

    it('are not said to be late where they do not come', () => {
      const without = new Uint8Array(Buffer.concat(others));
      for (const mostWaiting of [undefined, 4000]) {
        const { messages, notices, passedOver } = decrypt(without, '', { mostWaiting });
        expect({ messages, passedOver }).toEqual({ messages: [], passedOver: ['tls'] });
        expect(notices).toEqual([expect.stringContaining('connection 0 is TLS, and may hold wss')]);
      }
    });
  });

  it('and never come leave the session as it is', () => {
    const { packets, keys } = tlsCase('t13-aes128gcm');
    const { passedOver, notices } = decrypt(packets, keys, { lookups: 1_000_000 });
    expect(passedOver).toEqual(['tls']);
    expect(notices).toHaveLength(1);
  });
});
