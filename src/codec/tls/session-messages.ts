import {
  HANDSHAKE,
  readClientHello,
  readEncryptedExtensions,
  readServerHello,
  ticketOf,
} from './handshake-messages.js';
import { CONTENT, RECORD_HEADER } from './record-opener.js';
import type { SessionKeys } from './session-keys.js';
import { alertName, isFatalAlert } from './tls-facts.js';
import type { TlsLane } from './tls-lane.js';

/** What the messages of a handshake change. */
export interface MessagesTaker {
  /** A hello has come: records that waited for it may be readable. */
  ready(): void;
  /** The server chose a version or a cipher suite that cannot be read. */
  unsupported(): void;
  /** The server has said what becomes of early data. */
  early(isAccepted: boolean): void;
}

/** The handshake messages and the alerts of a session, of both directions: they change its keys. */
export class SessionMessages {
  constructor(
    private readonly keys: SessionKeys,
    private readonly taker: MessagesTaker,
  ) {}

  alert(lane: TlsLane, bytes: Uint8Array, start: number, end: number): void {
    if (end - start !== 2) return;
    const [level, description] = [bytes[start]!, bytes[start + 1]!];
    if (description === 0) return;
    const isFatal = isFatalAlert(level, description);
    this.keys.hellos.alert({ by: this.keys.roleOf(lane) ?? 'unknown', isFatal, name: alertName(description) });
  }

  /** A part of the handshake, of any length. */
  handshake(lane: TlsLane, bytes: Uint8Array, start: number, end: number): void {
    lane.messages.push(bytes, start, end, (type, message) => this.message(lane, type, message));
  }

  /** A hello of which the end is missing: its random is at its beginning. */
  partialHello(lane: TlsLane): void {
    const { buffer, messages } = lane;
    const isHandshake = buffer.length > RECORD_HEADER && buffer.held[0] === CONTENT.handshake;
    if (isHandshake) messages.push(buffer.held, RECORD_HEADER, buffer.length, () => undefined);
    const message = messages.partial.slice();
    if (message[0] === HANDSHAKE.clientHello) this.clientHello(lane, message);
    else if (message[0] === HANDSHAKE.serverHello) this.serverHello(lane, message);
  }

  private message(lane: TlsLane, type: number, message: Uint8Array): void {
    const { keys } = this;
    const { hellos } = keys;
    const role = keys.roleOf(lane);
    if (type === HANDSHAKE.clientHello) this.clientHello(lane, message);
    else if (type === HANDSHAKE.serverHello) this.serverHello(lane, message);
    else if (type === HANDSHAKE.certificate && role === 'server') hellos.takeCertificate(message);
    else if (type === HANDSHAKE.newSessionTicket && !hellos.isTls13) keys.rememberTicket(ticketOf(message));
    else if (hellos.isTls13 && lane.isSealed) this.sealedMessage(lane, type, message);
  }

  private clientHello(lane: TlsLane, message: Uint8Array): void {
    const { keys } = this;
    const hello = readClientHello(message);
    if (hello === undefined || (keys.hellos.isTls13 && lane.isSealed) || keys.roleOf(lane) === 'server') return;
    this.established(keys.takeClient(hello, lane));
  }

  private serverHello(lane: TlsLane, message: Uint8Array): void {
    const { keys } = this;
    const hello = readServerHello(message);
    if (hello === undefined || (keys.hellos.isTls13 && lane.isSealed) || keys.roleOf(lane) === 'client') return;
    this.established(keys.takeServer(hello, lane));
  }

  private established(what: 'ready' | 'waiting' | 'unsupported'): void {
    if (what === 'unsupported') this.taker.unsupported();
    else if (what === 'ready') this.taker.ready();
  }

  /** Those of TLS 1.3 that change keys, or say what becomes of early data. */
  private sealedMessage(lane: TlsLane, type: number, message: Uint8Array): void {
    const { keys } = this;
    if (type === HANDSHAKE.encryptedExtensions && keys.roleOf(lane) === 'server') {
      const { alpn, acceptsEarlyData } = readEncryptedExtensions(message);
      if (alpn !== undefined) keys.hellos.alpn = alpn;
      this.taker.early(acceptsEarlyData);
    } else if (type === HANDSHAKE.endOfEarlyData && keys.isEarly(lane)) {
      this.taker.early(true);
      lane.advance();
    } else if (type === HANDSHAKE.finished && lane.next.length === 1) lane.advance();
    else if (type === HANDSHAKE.keyUpdate && lane.next.length === 0) lane.update();
  }
}
