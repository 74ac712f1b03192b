import type { ConnectionEvent } from '../codec/connection/connection.js';
import type { Diagnostic } from '../rules/catalogue.js';
import { judgeUnfinishedHeader } from '../rules/frames/rules.js';
import { judgeHandshake } from '../rules/handshake/rules.js';

/** The diagnostics of anything that is not a frame. */
export function judgeEvent(event: ConnectionEvent): Diagnostic[] {
  switch (event.type) {
    case 'handshake':
      return judgeHandshake(event.handshake);
    case 'tail':
      return [judgeUnfinishedHeader(event.truncated)];
    case 'gap':
    case 'unread': {
      const { offset, length } = event;
      const code = event.type === 'gap' ? 'bytes-not-captured' : 'bytes-not-verified';
      const bytes = event.type === 'gap' && event.isAbout === true ? `about ${length}` : length;
      return [{ code, span: { start: offset, end: offset + length }, args: { bytes } }];
    }
    case 'body':
      return [];
  }
}
