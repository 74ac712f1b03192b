/** A performative: its name in records, and its fields in their order (AMQP 1.0 §2.7, §5.3.3). */
export interface PerformativeRow {
  readonly type: string;
  readonly fields: readonly string[];
  readonly needs: readonly string[];
  readonly isSasl?: true;
}

const ENDS = ['offered-capabilities', 'desired-capabilities', 'properties'];

/** By the code of the descriptor. */
export const PERFORMATIVES: Readonly<Record<number, PerformativeRow>> = {
  0x10: {
    type: 'open',
    fields: [
      'container-id',
      'hostname',
      'max-frame-size',
      'channel-max',
      'idle-time-out',
      'outgoing-locales',
      'incoming-locales',
      ...ENDS,
    ],
    needs: ['container-id'],
  },
  0x11: {
    type: 'begin',
    fields: ['remote-channel', 'next-outgoing-id', 'incoming-window', 'outgoing-window', 'handle-max', ...ENDS],
    needs: ['next-outgoing-id', 'incoming-window', 'outgoing-window'],
  },
  0x12: {
    type: 'attach',
    fields: [
      'name',
      'handle',
      'role',
      'snd-settle-mode',
      'rcv-settle-mode',
      'source',
      'target',
      'unsettled',
      'incomplete-unsettled',
      'initial-delivery-count',
      'max-message-size',
      ...ENDS,
    ],
    needs: ['name', 'handle', 'role'],
  },
  0x13: {
    type: 'flow',
    fields: [
      'next-incoming-id',
      'incoming-window',
      'next-outgoing-id',
      'outgoing-window',
      'handle',
      'delivery-count',
      'link-credit',
      'available',
      'drain',
      'echo',
      'properties',
    ],
    needs: ['incoming-window', 'next-outgoing-id', 'outgoing-window'],
  },
  0x14: {
    type: 'transfer',
    fields: [
      'handle',
      'delivery-id',
      'delivery-tag',
      'message-format',
      'settled',
      'more',
      'rcv-settle-mode',
      'state',
      'resume',
      'aborted',
      'batchable',
    ],
    needs: ['handle'],
  },
  0x15: {
    type: 'disposition',
    fields: ['role', 'first', 'last', 'settled', 'state', 'batchable'],
    needs: ['role', 'first'],
  },
  0x16: { type: 'detach', fields: ['handle', 'closed', 'error'], needs: ['handle'] },
  0x17: { type: 'end', fields: ['error'], needs: [] },
  0x18: { type: 'close', fields: ['error'], needs: [] },
  0x40: {
    type: 'sasl_mechanisms',
    fields: ['sasl-server-mechanisms'],
    needs: ['sasl-server-mechanisms'],
    isSasl: true,
  },
  0x41: {
    type: 'sasl_init',
    fields: ['mechanism', 'initial-response', 'hostname'],
    needs: ['mechanism'],
    isSasl: true,
  },
  0x42: { type: 'sasl_challenge', fields: ['challenge'], needs: ['challenge'], isSasl: true },
  0x43: { type: 'sasl_response', fields: ['response'], needs: ['response'], isSasl: true },
  0x44: { type: 'sasl_outcome', fields: ['code', 'additional-data'], needs: ['code'], isSasl: true },
};

/** Other described lists, and the sections of a message (AMQP 1.0 §3). */
export const DESCRIPTORS: Readonly<Record<number, string>> = {
  0x1d: 'error',
  0x23: 'received',
  0x24: 'accepted',
  0x25: 'rejected',
  0x26: 'released',
  0x27: 'modified',
  0x28: 'source',
  0x29: 'target',
  0x70: 'header',
  0x71: 'delivery-annotations',
  0x72: 'message-annotations',
  0x73: 'properties',
  0x74: 'application-properties',
  0x75: 'data',
  0x76: 'amqp-sequence',
  0x77: 'amqp-value',
  0x78: 'footer',
};
