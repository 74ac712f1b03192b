import { InvalidArgumentError, Option } from 'commander';
import { LIVE_PAYLOAD_FORMS, PAYLOAD_FORMS } from '../../apps/payload-signs.js';
import { items, regExp } from './option-values.js';

/** Which application protocol is read. */
export function appOption(): Option {
  return new Option('--app <protocol>', 'read messages as this application protocol (default: recognised; none: off)');
}

/** How messages of no known protocol are read. */
export function payloadOption(): Option {
  return new Option(
    '--payload <form>',
    'read messages of no known protocol in this form (default: found where the bytes prove it)',
  ).choices(PAYLOAD_FORMS);
}

/** The same of live traffic, where a form is not looked for: to try one takes longer than to send a message. */
export function livePayloadOption(): Option {
  return new Option('--payload <form>', 'read messages of no known protocol in this form (default: in none)').choices(
    LIVE_PAYLOAD_FORMS,
  );
}

/** The schema of messages in Protocol Buffers. */
export function protoOptions(): Option[] {
  return [
    new Option(
      '--proto <file>',
      'name the fields of --payload protobuf by this .proto file (with the package protobufjs)',
    ),
    new Option('--proto-type <name>', 'the message type of --proto that each message is'),
  ];
}

/** Which of its packets are shown. */
export function packetFilterOptions(): Option[] {
  return [
    new Option(
      '--app-type <types>',
      'show only packets of applications of these types, as in EVENT or next,error (repeatable)',
    ).argParser((value: string, before: readonly string[] = []) => [...before, ...items(value)]),
    new Option(
      '--app-name <re>',
      'show only packets whose name (event, method, topic) this regular expression matches',
    ).argParser(regExp),
    new Option(
      '--slow <ms>',
      'show only calls of applications that are answered later than after N milliseconds, or never, with their replies',
    )
      .argParser(milliseconds)
      .conflicts(['last', 'extract', 'context', 'before', 'after']),
  ];
}

/** As seconds. */
function milliseconds(value: string): number {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (number < 1e12) return number / 1000;
  throw new InvalidArgumentError('It has to be a number of milliseconds.');
}
