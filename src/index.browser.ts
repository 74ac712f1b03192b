/**
 * The library: a pure WebSocket codec (RFC 6455, RFC 7692) and the rules that judge what it reads.
 * This entry has no `node:` import; `wsinspect` in Node adds the two adapters around node:crypto and node:zlib.
 */
export type { Field, Span } from './codec/bytes/span.js';
export { concat } from './codec/bytes/byte-collector.js';
export { hexOf } from './codec/bytes/hex.js';
export {
  closeCodeInfo,
  OPCODE,
  OPCODES,
  opcodeInfo,
  type CloseCodeInfo,
  type CloseCodeKind,
  type OpcodeInfo,
  type OpcodeName,
} from './codec/frames/registry.js';
export { keyFromBytes, keyToBytes, unmask } from './codec/frames/mask.js';
export {
  createHeader,
  FrameHeader,
  headerFields,
  headerFieldSpan,
  minimalForm,
  type HeaderFieldName,
  type HeaderInit,
  type LengthForm,
} from './codec/frames/frame.js';
export {
  FrameEnd,
  FramePayload,
  FrameReader,
  FrameStart,
  type FrameBytesTaker,
  type FrameEvent,
  type Truncated,
} from './codec/frames/frame-reader.js';
export { encodeFrame, type FrameInit } from './codec/frames/frame-writer.js';
export {
  decodeFrames,
  encodeFrames,
  plainPayload,
  type WireFrame,
  type WireFrames,
} from './codec/frames/wire-frames.js';
export { decodeUtf8, encodeUtf8, utf8Error, Utf8Validator, type Utf8Error } from './codec/bytes/utf8.js';
export { readCloseBody, writeCloseBody, type CloseBody } from './codec/messages/close.js';
export { MessageAssembler, type AssemblerOptions } from './codec/messages/assembler.js';
export type {
  Direction,
  Frame,
  FramePlace,
  Message,
  PlacedUtf8Error,
  UnfinishedMessage,
} from './codec/messages/records.js';
export { FrameStream, type Unfinished } from './codec/connection/frame-stream.js';
export {
  MessageDeflater,
  MessageInflater,
  type DirectionDeflate,
  type InflateOutcome,
  type RawDeflate,
} from './codec/deflate/message-deflate.js';
export {
  parseHead,
  type Head,
  type Header,
  type HeadFault,
  type HeadFaultKind,
  type HeadKind,
  type ParseHeadOptions,
  type RequestHead,
  type ResponseHead,
} from './codec/http1/head.js';
export { startsLikeHead, type StartsLikeHeadOptions } from './codec/http1/head-start.js';
export { DEFAULT_HEAD_LIMIT, HeadReader, type HeadReaderOptions, type HeadResult } from './codec/http1/head-reader.js';
export { readHandshake, type Handshake, type HandshakeHalves } from './codec/handshake/handshake.js';
export { decodeKey, KEY_BYTES, WEBSOCKET_GUID, type Base64Fault } from './codec/handshake/key.js';
export {
  formatExtensions,
  parseExtensions,
  type Extension,
  type ExtensionFault,
  type ExtensionFaultKind,
  type ExtensionParam,
  type ParsedExtensions,
} from './codec/handshake/extensions.js';
export {
  DEFAULT_DEFLATE_PARAMETERS,
  deflateExtension,
  readDeflateParameters,
  type DeflateParameters,
  type DeflateProblem,
  type DeflateRole,
  type ReadDeflate,
} from './codec/handshake/deflate-params.js';
export { agreeOnDeflate, offerDeflate, type DeflateWish } from './codec/handshake/deflate-agreement.js';
export { acceptKey } from './codec/handshake/accept-value.js';
export {
  buildRefusal,
  buildRequest,
  buildResponse,
  type UpgradeRefusal,
  type UpgradeRequest,
  type UpgradeResponse,
} from './codec/handshake/write-handshake.js';
export type { HeaderFields } from './codec/http1/write-head.js';
export { createKey, type RandomSource } from './endpoint/random.js';
export { ClientEndpoint, type ClientOptions } from './endpoint/client.js';
export { ServerEndpoint, type AcceptOptions, type ServerOptions } from './endpoint/server.js';
export type { EndpointOptions, WebSocketEndpoint } from './endpoint/endpoint.js';
export type {
  BinaryMessage,
  CloseFrame,
  EndpointEvent,
  EndpointState,
  PingOrPong,
  SendEvent,
  TextMessage,
} from './endpoint/events.js';
export type { ReadingOptions } from './codec/connection/reading-options.js';
export type { PayloadMemory } from './codec/bytes/payload-memory.js';
export { Connection } from './codec/connection/connection.js';
export type { Side } from './codec/bytes/stream-taker.js';
export { Transcript, type TranscriptOptions } from './codec/connection/transcript.js';
export type { TranscriptEvent } from './codec/connection/transcript-event.js';
export {
  explain,
  isFinding,
  plainDiagnostic,
  RULES,
  type Diagnostic,
  type DiagnosticArgs,
  type DiagnosticCode,
  type Explanation,
  type PlainDiagnostic,
} from './rules/catalogue.js';
export type { Rule, Severity } from './rules/rule.js';
export { judgeFrame, judgeUnfinishedHeader, type FrameContext } from './rules/frames/rules.js';
export {
  handshakeChecklist,
  judgeHandshake,
  type ChecklistRow,
  type HandshakeDiagnostic,
} from './rules/handshake/rules.js';
export { ConnectionInspector, Inspector } from './traffic/inspector.js';
export type { Judged } from './traffic/judged.js';
export { inspect, TrafficReader, type InspectInput, type InspectOptions } from './traffic/inspect.js';
export type {
  ConversationContext,
  Inspected,
  PlainFrame,
  PlainMessage,
  StreamContext,
} from './traffic/plain-record.js';
export { jsonRecords, type JsonOptions } from './describe/json-records.js';
export { jsonLine } from './describe/escape.js';
export type { JsonRecord } from './describe/json.js';
export type { ConnectionSummary } from './traffic/tally/summary.js';
export type { TlsCrypto } from './codec/tls/tls-crypto.js';
export type { CipherSuite } from './codec/tls/cipher-suites.js';
export type { TlsFacts } from './codec/tls/tls-facts.js';
export type { Endpoint } from './codec/bytes/endpoint.js';
export type { CloseReason, Passage, StreamOpener, StreamOrigin, StreamTaker } from './codec/bytes/stream-taker.js';
