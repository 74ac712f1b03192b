import { describe, expect, it } from 'vitest';
import { bytesOf, readSteps, type Step } from './reading.js';

const client = (hex: string): Step => ['client', bytesOf(hex)];
const server = (hex: string): Step => ['server', bytesOf(hex)];
/** Of client "a", without and with a clean session. */
const CONNECT = client('10 0d 00 04 4d 51 54 54 04 00 00 00 00 01 61');
const CLEAN = client('10 0d 00 04 4d 51 54 54 04 02 00 00 00 01 61');
const CONNECT_31 = client('10 0f 00 06 4d 51 49 73 64 70 03 00 00 00 00 01 61');
const [PUBREL, PUBCOMP, PUBREC, PUBACK] = ['62 02 00 07', '70 02 00 07', '50 02 00 07', '40 02 00 07'] as const;

describe('what an earlier connection began', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    ['goes on in its session', [CONNECT, server('20 02 01 00'), client(PUBREL), server(PUBCOMP)], []],
    ['is acknowledged in its session', [CONNECT, server('20 02 01 00'), server(PUBREC), client(PUBREL)], []],
    ['may go on before the session is confirmed', [CONNECT, client(PUBREL), server('20 02 01 00')], []],
    ['may go on in 3.1, which confirms no session', [CONNECT_31, server('20 02 00 00'), client(PUBREL)], []],
    [
      'is over where the server has no session',
      [CONNECT, server('20 02 00 00'), client(PUBACK)],
      ['unknown-packet-id'],
    ],
    [
      'is no fault of the server that answers it',
      [CLEAN, server('20 02 00 00'), client(PUBREL), server(PUBCOMP)],
      ['unknown-packet-id'],
    ],
    [
      'ends once',
      [CLEAN, server('20 02 00 00'), client(PUBREL), server(PUBCOMP), server(PUBCOMP)],
      ['unknown-packet-id', 'unknown-packet-id'],
    ],
  ])('%s', (_, steps, codes) => {
    expect(readSteps('mqtt', steps).codes).toEqual(codes.map((code) => `mqtt-${code}`));
  });
});
