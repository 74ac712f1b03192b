import { describe, expect, expectTypeOf, it } from 'vitest';
import * as browser from '../../src/index.browser.js';
import * as library from '../../src/index.js';

/** What other programs may rely on. Taking a name away, or changing its type, breaks them: it needs a new major version. */
const BROWSER = [
  'ClientEndpoint',
  'Connection',
  'ConnectionInspector',
  'DEFAULT_DEFLATE_PARAMETERS',
  'DEFAULT_HEAD_LIMIT',
  'FrameEnd',
  'FrameHeader',
  'FramePayload',
  'FrameReader',
  'FrameStart',
  'FrameStream',
  'HeadReader',
  'Inspector',
  'KEY_BYTES',
  'MessageAssembler',
  'MessageDeflater',
  'MessageInflater',
  'OPCODE',
  'OPCODES',
  'RULES',
  'ServerEndpoint',
  'TrafficReader',
  'Transcript',
  'Utf8Validator',
  'WEBSOCKET_GUID',
  'acceptKey',
  'agreeOnDeflate',
  'buildRefusal',
  'buildRequest',
  'buildResponse',
  'closeCodeInfo',
  'concat',
  'createHeader',
  'createKey',
  'decodeFrames',
  'decodeKey',
  'decodeUtf8',
  'deflateExtension',
  'encodeFrame',
  'encodeFrames',
  'encodeUtf8',
  'explain',
  'formatExtensions',
  'handshakeChecklist',
  'headerFieldSpan',
  'headerFields',
  'hexOf',
  'inspect',
  'isFinding',
  'jsonLine',
  'jsonRecords',
  'judgeFrame',
  'judgeHandshake',
  'judgeUnfinishedHeader',
  'keyFromBytes',
  'keyToBytes',
  'minimalForm',
  'offerDeflate',
  'opcodeInfo',
  'parseExtensions',
  'parseHead',
  'plainDiagnostic',
  'plainPayload',
  'readCloseBody',
  'readDeflateParameters',
  'readHandshake',
  'startsLikeHead',
  'unmask',
  'utf8Error',
  'writeCloseBody',
];
const NODE_ONLY = ['acceptSteps', 'nodeDeflate', 'nodeTlsCrypto'];

describe('the public library', () => {
  it('has these names, for browsers and for Node', () => {
    expect(Object.keys(browser).sort()).toEqual(BROWSER);
    expect(Object.keys(library).sort()).toEqual([...BROWSER, ...NODE_ONLY].sort());
  });

  it('has these types', () => {
    type Push = (chunk: Uint8Array) => library.FrameEvent[];
    expectTypeOf<library.FrameReader['push']>().toEqualTypeOf<Push>();
    expectTypeOf<library.FrameReader['end']>().toEqualTypeOf<() => library.Truncated | undefined>();
    expectTypeOf<library.FrameEvent['type']>().toEqualTypeOf<'frame-start' | 'payload' | 'frame-end'>();
    expectTypeOf<library.FrameHeader['lengthForm']>().toEqualTypeOf<7 | 16 | 64>();
    expectTypeOf<library.FrameHeader['maskingKey']>().toEqualTypeOf<Uint8Array | undefined>();
    expectTypeOf<library.FrameHeader['exactLength']>().toEqualTypeOf<number | bigint>();
    expectTypeOf(library.decodeFrames).toEqualTypeOf<
      (bytes: Uint8Array, memory?: Pick<library.PayloadMemory, 'payloads'>) => library.WireFrames
    >();
    expectTypeOf<library.PayloadMemory>().toEqualTypeOf<{
      readonly payloads?: 'copy' | 'view';
      readonly unmask?: 'in-place';
    }>();
    expectTypeOf<library.ReadingOptions>().toExtend<library.PayloadMemory>();
    expectTypeOf(library.encodeFrames).toEqualTypeOf<(frames: library.WireFrames) => Uint8Array>();
    expectTypeOf(library.encodeFrame).toEqualTypeOf<(init: library.FrameInit) => Uint8Array>();
    expectTypeOf(library.headerFields).toEqualTypeOf<
      (header: library.FrameHeader, payloadBytes?: number) => library.Field[]
    >();
    expectTypeOf(library.acceptKey).toEqualTypeOf<(key: string) => string>();
    expectTypeOf(library.nodeDeflate).toEqualTypeOf<library.RawDeflate>();
    expectTypeOf(library.explain).toEqualTypeOf<(diagnostic: library.Diagnostic) => library.Explanation>();
    expectTypeOf<library.Diagnostic['code']>().toEqualTypeOf<keyof typeof library.RULES>();
    expectTypeOf<library.Explanation['severity']>().toEqualTypeOf<'error' | 'warning' | 'notice'>();
    expectTypeOf<library.Inspector['push']>().toEqualTypeOf<(chunk: Uint8Array, time?: number) => library.Judged[]>();
    expectTypeOf<library.Judged['type']>().toEqualTypeOf<
      'handshake' | 'http2' | 'frame' | 'tail' | 'cause' | 'gap' | 'unread' | 'failure' | 'app-end' | 'body'
    >();
    type Receive = (chunk: Uint8Array) => library.EndpointEvent[];
    expectTypeOf<library.ClientEndpoint['receive']>().toEqualTypeOf<Receive>();
    expectTypeOf<library.ServerEndpoint['receive']>().toEqualTypeOf<Receive>();
    expectTypeOf<library.ClientEndpoint['send']>().toEqualTypeOf<(event: library.SendEvent) => Uint8Array>();
    expectTypeOf<library.ClientEndpoint['start']>().toEqualTypeOf<() => Uint8Array>();
    expectTypeOf<library.ServerEndpoint['end']>().toEqualTypeOf<() => library.EndpointEvent[]>();
    expectTypeOf<library.ServerEndpoint['state']>().toEqualTypeOf<'connecting' | 'open' | 'closing' | 'closed'>();
    expectTypeOf(library.createKey).toEqualTypeOf<(random?: library.RandomSource) => string>();
    expectTypeOf(library.jsonRecords).toEqualTypeOf<
      (record: library.Inspected | library.Judged, options?: library.JsonOptions) => library.JsonRecord[]
    >();
    expectTypeOf<library.Direction>().toEqualTypeOf<'client' | 'server' | 'unknown'>();
  });
});
