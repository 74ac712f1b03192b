import type { Rule } from '../rule.js';

/** What recorded traffic lacks: nothing that a peer did wrong. */
export const CAPTURE_RULES = {
  'bytes-not-captured': {
    rfc: 'RFC 9293 §3.4',
    severity: 'notice',
    requirement: 'The capture holds every byte that TCP numbered.',
    message: '{bytes} bytes were not captured',
  },
  'payload-not-captured': {
    rfc: 'RFC 9293 §3.4',
    severity: 'notice',
    requirement: 'The capture holds the whole payload of the frame.',
    message: '{missing} of {whole} payload bytes were not captured',
  },
  'bytes-not-verified': {
    rfc: 'RFC 6455 §5.2',
    severity: 'notice',
    requirement: 'The beginning of each frame is known, or shown by the frames that follow it.',
    message: '{bytes} bytes were skipped: they do not form a chain of frames',
  },
  'frame-joined': {
    rfc: 'RFC 6455 §5.2',
    severity: 'notice',
    requirement: 'The stream is read from its beginning, without a gap.',
    message: 'reading resumed here: the frames from here on form a chain',
  },
} as const satisfies Record<string, Rule>;
