import { describe, expect, it } from 'vitest';
import { expectTiled, joinedBytes, readSteps, withstands, wordsOf, type Step } from './reading.js';

/** Kubernetes channels: exec, Base64 and port forward. */

const on = (channel: number, data: string | Uint8Array = ''): Uint8Array => joinedBytes(Uint8Array.of(channel), data);
const exec = (subprotocol: string, query = 'stdin=true&stdout=true&tty=true') => ({
  handshake: { target: `/api/v1/namespaces/default/pods/p/exec?${query}`, subprotocol },
});
const V4 = exec('v4.channel.k8s.io');
const V5 = exec('v5.channel.k8s.io');
const FORWARD = {
  handshake: {
    target: '/api/v1/namespaces/d/pods/p/portforward?ports=8080&ports=53',
    subprotocol: 'v4.channel.k8s.io',
  },
};
const SUCCESS = '{"status":"Success"}';
const port = (number: number): Uint8Array => Uint8Array.of(number % 256, number >> 8);

describe('broken rules', () => {
  it.each<[string, typeof V4, readonly Step[], readonly string[]]>([
    [
      'nothing wrong',
      V4,
      [
        ['server', on(1)],
        ['server', on(2)],
        ['client', on(0, 'ls\n')],
        ['client', on(4, '{"Width":80,"Height":24}')],
        ['server', on(3, SUCCESS)],
      ],
      [],
    ],
    ['an empty message', V4, [['client', on(0).slice(1)]], ['empty']],
    ['channel 5', V4, [['server', on(5, 'x')]], ['channel']],
    ['stdin of the server', V4, [['server', on(0, 'x')]], ['sender']],
    ['stdout of the client', V4, [['client', on(1, 'x')]], ['sender']],
    [
      'stdin that was not asked for',
      exec('v4.channel.k8s.io', 'stdout=true'),
      [['client', on(0, 'x')]],
      ['stdin-unasked'],
    ],
    ['channel 255 in version 4', V4, [['client', on(255, Uint8Array.of(0))]], ['close-version']],
    ['channel 255 of nothing', V5, [['client', on(255)]], ['close-channel']],
    ['channel 255 in version 5', V5, [['client', on(255, Uint8Array.of(0))]], []],
    ['an error that is no Status', V4, [['server', on(3, 'failed')]], ['status']],
    ['the same in version 1', exec('channel.k8s.io'), [['server', on(3, 'failed')]], []],
    [
      'output after the Status',
      V4,
      [
        ['server', on(3, SUCCESS)],
        ['server', on(1, 'x')],
      ],
      ['after-status'],
    ],
    ['a resize that is no size', V4, [['client', on(4, '{"width":80}')]], ['resize']],
    ['a text message', V4, [['server', '\u0001x']], ['form']],
    ['a binary message with Base64', exec('base64.channel.k8s.io'), [['server', on(1, 'x')]], ['form']],
    ['no Base64', exec('v4.base64.channel.k8s.io'), [['server', '1a?b=']], ['base64']],
    ['Base64 without a channel', exec('base64.channel.k8s.io'), [['server', 'xYQ==']], ['channel']],
    [
      'ports',
      FORWARD,
      [
        ['server', on(0, port(8080))],
        ['server', on(1, port(8080))],
        ['server', on(2, port(53))],
        ['client', on(0, 'GET')],
        ['server', on(0, 'x')],
      ],
      [],
    ],
    ['no port', FORWARD, [['server', on(0, 'HTTP')]], ['port']],
    ['another port', FORWARD, [['server', on(2, port(8080))]], ['port']],
    ['a channel without a port', FORWARD, [['client', on(4, 'x')]], ['channel']],
  ])('%s', (_, setting, steps, codes) => {
    const outcome = readSteps('kubernetes', steps, setting);
    expect(outcome.codes).toEqual(codes.map((code) => `kubernetes-${code}`));
    outcome.packets.forEach(expectTiled);
  });

  it('are not stated of what was not seen', () => {
    expect(
      readSteps(
        'kubernetes',
        [
          ['server', on(1, 'x')],
          ['server', '1eA=='],
        ],
        { isJoined: true },
      ).codes,
    ).toEqual([]);
    expect(readSteps('kubernetes', [{ lost: 'server' }, ['server', on(0, 'HTTP')]], FORWARD).codes).toEqual([]);
  });
});

describe('packets', () => {
  it('are named by their channels, and carry text, bytes or JSON', () => {
    const { packets } = readSteps(
      'kubernetes',
      [
        ['server', on(1, 'ü\n')],
        ['server', on(2, Uint8Array.of(0, 255))],
        ['client', on(4, '{"width":80,"height":24}')],
        ['server', on(3, '{"status":"Failure","reason":"NonZeroExitCode"}')],
      ],
      V4,
    );
    expect(packets.map(({ type, payload, isError }) => [type, payload, isError ?? false])).toEqual([
      ['stdout', 'ü\n', false],
      ['stderr', Uint8Array.of(0, 255), false],
      ['resize', { width: 80, height: 24 }, false],
      ['error', { status: 'Failure', reason: 'NonZeroExitCode' }, true],
    ]);
  });

  it('are Base64 in text', () => {
    const outcome = readSteps(
      'kubernetes',
      [
        ['client', '0bHMK'],
        ['server', '1'],
      ],
      exec('base64.channel.k8s.io'),
    );
    expect(outcome.packets.map(({ payload }) => payload)).toEqual(['ls\n', '']);
    expect(outcome.codes).toEqual([]);
  });

  it('of port forward carry data and errors', () => {
    const steps: Step[] = [
      ['server', on(0, port(8080))],
      ['client', on(0, 'GET')],
      ['server', on(1, port(8080))],
      ['server', on(1, 'refused')],
    ];
    const outcome = readSteps('kubernetes', steps, FORWARD);
    expect(wordsOf(outcome)).toEqual(
      ['server', 'client', 'server', 'server'].map((side, i) => `${side} kubernetes ${i < 2 ? 'data' : 'error'}`),
    );
    expect(outcome.packets.map(({ payload }) => payload)).toEqual([8080, 'GET', 8080, 'refused']);
  });

  it('withstand what is none', () => {
    for (const setting of [V4, V5, FORWARD, exec('base64.channel.k8s.io')])
      withstands('kubernetes', [on(0, 'x'), on(3, SUCCESS), on(4, '{}'), on(255, 'x'), '1eA=='], setting);
  });
});
