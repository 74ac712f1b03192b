import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'openai-realtime';
const CREATED: Line = ['s', { type: 'response.created', response: { id: 'r1' } }];
const DONE: Line = ['s', { type: 'response.done', response: { id: 'r1', status: 'completed' } }];
const delta = (text: string): Line => ['s', { type: 'response.output_audio.delta', response_id: 'r1', delta: text }];
const audio = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');

describe('openai-realtime', () => {
  violations(NAME, [
    ['a response', [['c', { type: 'response.create' }], CREATED, delta(audio(480)), DONE], []],
    ['no JSON', [['c', 'x']], ['json']],
    ['no Base64', [['c', { type: 'input_audio_buffer.append', audio: 'a*b=' }]], ['base64']],
    ['half a sample', [['c', { type: 'input_audio_buffer.append', audio: audio(481) }]], ['audio-samples']],
    ['a delta of nothing', [delta(audio(2))], ['unknown-response']],
    ['done twice', [CREATED, DONE, DONE], ['after-done']],
    ['a delta after done', [CREATED, DONE, delta(audio(2))], ['after-done']],
  ]);
  violations(NAME, [['joined', [delta(audio(2)), DONE], []]], { isJoined: true });

  it('folds audio to its length and duration', () => {
    const [packet] = talk(NAME, [['c', { type: 'input_audio_buffer.append', audio: audio(48_000) }]]);
    expect(packet).toMatchObject({
      type: 'input_audio_buffer.append',
      summary: '<48000 bytes of audio, 1 s>',
      payload: { audio: '<48000 bytes of audio, 1 s>' },
    });
    expect(packet!.fields().find(({ name }) => name === 'audio')!.value).toBe('<48000 bytes of audio, 1 s>');
  });

  it.each([
    [{ input_audio_format: 'g711_ulaw' }, '<8000 bytes of audio, 1 s>'],
    [{ audio: { input: { format: { type: 'audio/pcmu' } } } }, '<8000 bytes of audio, 1 s>'],
    [{ input_audio_format: 'opus' }, '<8000 bytes of audio>'],
  ])('takes the rate from the session: %j', (session, summary) => {
    const packets = talk(NAME, [
      ['s', { type: 'session.updated', session }],
      ['c', { type: 'input_audio_buffer.append', audio: audio(8000) }],
    ]);
    expect(packets[1]!.summary).toBe(summary);
  });

  it('pairs a response with its create, and an error with its event', () => {
    const packets = talk(NAME, [
      ['c', { type: 'response.create', event_id: 'e1' }],
      CREATED,
      DONE,
      ['c', { type: 'session.update', event_id: 'e2' }],
      ['s', { type: 'error', error: { code: 'bad', message: 'no', event_id: 'e2' } }],
    ]);
    expect(packets.map(({ asks, answers }) => asks ?? answers)).toEqual([
      'response.create',
      [{ key: 'response.create', isLast: false }],
      [{ key: 'response.create' }],
      'session.update',
      [{ key: 'session.update' }],
    ]);
  });

  survivesHostile(NAME);
});
