/** What the command line needs of application protocols. */
export { MOST_APP_BYTES } from '../../apps/packet.js';
export { mayHoldPayload, type PayloadForm } from '../../apps/payload-signs.js';
export type { ProtobufMember, ProtobufScalar, ProtobufType } from '../../apps/forms/protobuf-schema.js';
export { withMarkedNumbers, withoutMarks } from '../../apps/forms/marked-numbers.js';
export { APP_SIGNS } from '../../apps/sign-table.js';
export { OTHER_SIDE } from '../../apps/known-calls.js';
export { hasAppFinding } from '../apps/findings.js';
export { packetFilter, type PacketFilter } from '../apps/packet-filter.js';
export type { AppOptions } from '../apps/app-reading.js';
export { unpackingWith } from '../apps/unpacking.js';
export type { PackedForm, MessageUnpacking } from '../../apps/packet.js';
