import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'amqp';

export const RULES = {
  header: {
    reference: 'AMQP 1.0 §2.2',
    requirement: 'Each side begins with the protocol header of AMQP 1.0.',
    message: '{why}',
  },
  'header-twice': {
    reference: 'AMQP 1.0 §2.2',
    requirement: 'Each side sends a protocol header once for each layer.',
    message: 'the protocol header {id} a second time',
  },
  size: {
    reference: 'AMQP 1.0 §2.3.1',
    requirement: 'The size of a frame is 8 or more, and not more than max-frame-size of the other side.',
    message: 'the size of the frame is {size}: {why}',
  },
  'data-offset': {
    reference: 'AMQP 1.0 §2.3.1',
    requirement: 'The data offset is 2 or more words, within the frame.',
    message: 'the data offset is {words} words',
  },
  'frame-type': {
    reference: 'AMQP 1.0 §2.3.1',
    requirement: 'A frame carries the performatives of its type: 0 is AMQP, 1 is SASL.',
    message: 'the frame type {number} with {type}',
  },
  malformed: {
    reference: 'AMQP 1.0 §1.6',
    requirement: 'A frame holds values of the type system that end within it.',
    message: '{why}',
  },
  performative: {
    reference: 'AMQP 1.0 §2.3.2',
    requirement: 'The body of a frame begins with a performative, a described list.',
    message: 'the body begins with no performative',
  },
  'left-over': {
    reference: 'AMQP 1.0 §2.3.2',
    requirement: 'Only a transfer is followed by a payload.',
    message: '{type}: {bytes} bytes follow',
  },
  'missing-field': {
    reference: 'AMQP 1.0 §2.7',
    requirement: 'A performative has its mandatory fields.',
    message: '{type} has no {field}',
  },
  channel: {
    reference: 'AMQP 1.0 §2.5.1',
    requirement: 'A performative is sent on a channel that its side has begun.',
    message: '{type} on the channel {channel}, which its side has not begun',
  },
  handle: {
    reference: 'AMQP 1.0 §2.6.2',
    requirement: 'A handle is that of an attached link.',
    message: '{type} with the handle {handle}, which is not attached',
  },
  credit: {
    reference: 'AMQP 1.0 §2.6.7',
    requirement: 'A sender transfers no more than the credit of the link.',
    message: 'a transfer without credit',
  },
  'delivery-id': {
    reference: 'AMQP 1.0 §2.6.12',
    requirement: 'Delivery ids count up by one within a session.',
    message: 'the delivery id {id} after {last}',
  },
  'after-close': {
    reference: 'AMQP 1.0 §2.7.9',
    requirement: 'A side sends nothing after close.',
    message: '{type} after close',
  },
  'after-outcome': {
    reference: 'AMQP 1.0 §5.3.2',
    requirement: 'No SASL frame follows the outcome.',
    message: '{type} after sasl_outcome',
  },
  'before-open': {
    reference: 'AMQP 1.0 §2.4.1',
    requirement: 'The first performative of each side is open.',
    message: '{type} before open',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);
