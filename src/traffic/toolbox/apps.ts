/** What the command line needs of application protocols. */
export { APP_SIGNS } from '../../apps/sign-table.js';
export { hasPacketFinding } from '../apps/findings.js';
export type { AppOptions } from '../apps/app-reading.js';
export { unpackingWith } from '../apps/unpacking.js';
export type { PackedForm, MessageUnpacking } from '../../apps/packet.js';
