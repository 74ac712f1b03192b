import { otherSide, type Side } from '../bytes/stream-taker.js';
import { cipherSuite, suitesOfSecret, type CipherSuite } from './cipher-suites.js';
import { firstClientHello, type ClientHello, type ServerHello } from './handshake-messages.js';
import { Hellos } from './hellos.js';
import { CONTENT, TLS13, type OpenedRecord, type RecordOpener } from './record-opener.js';
import { fitOfAny, fitOfHandshake, fitOfMaster, type SecretFit, type TrialTools } from './secret-trial.js';
import type { TlsSecrets } from './secrets.js';
import { TagTrials, type Fit, type TriedRecord } from './tag-trials.js';
import type { TlsCrypto } from './tls-crypto.js';
import type { TlsReason } from './tls-facts.js';
import {
  APPLICATION_SECRET,
  epochsOf,
  HANDSHAKE_SECRET,
  legacyOpeners,
  masterOf,
  type ResumableSessions,
  type TlsRole,
} from './tls-keys.js';
import type { TlsLane } from './tls-lane.js';

/** What the sessions of a run have in common. */
export interface TlsReading {
  readonly crypto: TlsCrypto;
  readonly secrets: TlsSecrets;
  readonly resumable: ResumableSessions;
  /** Tag trials a session, where its secrets or the places of its records have to be found. */
  readonly mostTrials: number;
}

/** How often a secret is looked for in a direction that was joined late. */
const MOST_TRIES = 3;
/** KeyUpdates that may have been lost. */
const MOST_UPDATES = 3;
/** Handshakes of a session of TLS 1.2 that are remembered. */
const MOST_HANDSHAKES = 64;
/** Records before the one that proves a suite, where the session was seen from its start. */
const MOST_FROM_START = 4096;
/** Records of TLS 1.2 before the one that proves a master secret whose ClientHello is lost. */
const MOST_BEFORE = 64;

/** What is known of the keys of a session: hellos, secrets, and what opens the records of its directions. */
export class SessionKeys {
  readonly hellos = new Hellos();
  /** Undefined as long as no hello was seen, nor a secret found. */
  private client: Side | undefined;
  private readonly tools: TrialTools;
  /** Of TLS 1.0 to 1.2: those of each handshake in its order, the renegotiations after the first. */
  private readonly clients: (ClientHello | undefined)[] = [];
  private readonly servers: (ServerHello | undefined)[] = [];
  private readonly pairs: (Record<TlsRole, RecordOpener> | undefined)[] = [];
  /** ServerHellos for which a master secret was looked for. */
  private searchedFor = 0;

  constructor(
    private readonly reading: TlsReading,
    private readonly lanes: readonly [TlsLane, TlsLane],
  ) {
    const { crypto, secrets, mostTrials } = reading;
    this.tools = { crypto, secrets, trials: new TagTrials(mostTrials) };
  }

  roleOf({ side }: TlsLane): TlsRole | undefined {
    if (this.client === undefined) return undefined;
    return side === this.client ? 'client' : 'server';
  }

  /** Records of the client before its handshake keys: data that it sends early (RFC 8446 §4.2.10). */
  isEarly(lane: TlsLane): boolean {
    return lane.next.length === 2;
  }

  /** A record that cannot be opened may be early data: its secret is not in the log, or the server refused it. */
  mayBeEarly(lane: TlsLane): boolean {
    return this.roleOf(lane) === 'client' && this.hellos.client?.offersEarlyData === true && lane.next.length > 0;
  }

  takeClient(hello: ClientHello, lane: TlsLane): 'ready' | 'waiting' | 'unsupported' {
    const { hellos } = this;
    this.client = lane.side;
    hellos.client = hello;
    if (lane.changes < MOST_HANDSHAKES) this.clients[lane.changes] = hello;
    return lane.isSealed ? 'ready' : this.establish();
  }

  takeServer(hello: ServerHello, lane: TlsLane): 'ready' | 'waiting' | 'unsupported' {
    this.client ??= otherSide(lane.side);
    this.hellos.takeServer(hello);
    if (hello.isRetry) return 'waiting';
    if (lane.changes < MOST_HANDSHAKES) this.servers[lane.changes] = hello;
    return lane.isSealed ? 'ready' : this.establish();
  }

  /** A plain record is a whole ClientHello, and the log has its random: the one after a HelloRetryRequest, where the first is lost. */
  isLoggedHello(lane: TlsLane, { bytes, at, end }: TriedRecord): boolean {
    if (lane.isSealed || this.roleOf(lane) === 'server') return false;
    const hello = firstClientHello(bytes.subarray(at, end));
    return hello !== undefined && this.reading.secrets.has(hello.random);
  }

  /** Both hellos are there of the keys that this direction changes to next. */
  isPaired({ changes }: TlsLane): boolean {
    return this.clients[changes] !== undefined && this.servers[changes] !== undefined;
  }

  /** TLS 1.2: the ticket by which the session will be resumed (RFC 5077). */
  rememberTicket(ticket: Uint8Array): void {
    const { client, server } = this.hellos;
    if (client === undefined || server === undefined) return;
    const { secrets, resumable } = this.reading;
    const master = masterOf(secrets, resumable, client, server);
    if (master !== undefined) resumable.remember(ticket, master);
  }

  /** Why there is nothing that opens records. */
  reasonWithout(): TlsReason {
    const { random } = this.hellos;
    return random !== undefined && this.reading.secrets.has(random) ? 'incomplete-keys' : 'no-keys';
  }

  isExhausted(lane: TlsLane): boolean {
    return this.tools.trials.left <= 0 || lane.tries >= MOST_TRIES;
  }

  private establish(): 'ready' | 'waiting' | 'unsupported' {
    const { server, suite, random, client } = this.hellos;
    if (server === undefined || client === undefined || random === undefined) return 'waiting';
    const isVersion = server.version >= 0x0301 && server.version <= TLS13;
    if (!isVersion || suite === undefined || !this.reading.crypto.supports(suite) || server.compression !== 0) {
      return 'unsupported';
    }
    if (this.hellos.isTls13) this.useEpochs(suite, random);
    return 'ready';
  }

  /** The keys of TLS 1.3. */
  private useEpochs(suite: CipherSuite, random: Uint8Array): void {
    const { crypto, secrets } = this.reading;
    for (const lane of this.lanes) {
      const role = this.roleOf(lane);
      if (role === undefined) continue;
      const { early, handshake, application } = epochsOf(crypto, secrets, suite, random, role);
      const { client, isRetried } = this.hellos;
      // Of a lost ClientHello the log says whether there may have been early data.
      const offers = client === undefined ? early !== undefined : client.offersEarlyData;
      const isEarly = role === 'client' && offers && !isRetried;
      lane.next = [...(isEarly ? [early] : []), handshake, application];
      lane.isSealed = true;
      lane.advance();
    }
  }

  /** What a direction of TLS 1.0 to 1.2 changes to next; undefined: a hello is missing, or the log has no master secret of it. */
  legacyOpener(lane: TlsLane): RecordOpener | undefined {
    const { changes } = lane;
    const [client, server] = [this.clients[changes], this.servers[changes]];
    const role = this.roleOf(lane);
    const suite = server && cipherSuite(server.cipher);
    if (this.hellos.isTls13 || role === undefined || server === undefined || suite === undefined) return undefined;
    const { crypto, secrets, resumable } = this.reading;
    if (this.pairs[changes] === undefined && client && crypto.supports(suite)) {
      const master = masterOf(secrets, resumable, client, server);
      if (master === undefined) return undefined;
      resumable.remember(server.sessionId, master);
      this.pairs[changes] = legacyOpeners(crypto, suite, server, client.random, master);
    }
    return this.pairs[changes]?.[role];
  }

  /** The log does not have the client's random, or another secret for it: the session's own may be listed by another random. */
  tryOthers(lane: TlsLane, tried: TriedRecord): boolean {
    const { suite, isTls13 } = this.hellos;
    const role = this.roleOf(lane);
    if (suite === undefined || role === undefined) return false;
    if (!isTls13) return this.tryMasters(role, lane, tried);
    if (lane.tries++ > 0) return false;
    const fit = fitOfHandshake(this.tools, suite, role, tried);
    if (fit === undefined) return false;
    this.hellos.loggedRandom = fit.random;
    this.useEpochs(suite, fit.random);
    return true;
  }

  /** The hellos of a renegotiation do not belong together, as another one is lost: the log has its master secret nevertheless. */
  private tryMasters(role: TlsRole, lane: TlsLane, tried: TriedRecord): boolean {
    if (lane.sequence !== 0 || lane.changes === 0 || this.searchedFor > MOST_HANDSHAKES) return false;
    this.searchedFor++;
    const fit = this.fitOfMasters(role, tried, 0);
    if (fit === undefined) return false;
    lane.use(fit.opener, 0);
    return true;
  }

  /** Some master secret of the log, with some ServerHello, the newest first. */
  private fitOfMasters(role: TlsRole, tried: TriedRecord, most: number): SecretFit | undefined {
    const { tools } = this;
    for (const server of [...this.servers].reverse()) {
      const suite = server && cipherSuite(server.cipher);
      if (server === undefined || suite === undefined || !tools.crypto.supports(suite)) continue;
      const fit = fitOfMaster(tools, suite, server, role, tried, most);
      if (fit) return fit;
    }
    return undefined;
  }

  /** A record that was found after a hole, or where the session was joined: what opens it, and as which number. */
  prove(lane: TlsLane, tried: TriedRecord, passed: number): OpenedRecord | undefined {
    const { trials } = this.tools;
    let any = false;
    for (const opener of this.candidates(lane)) {
      any = true;
      const from = opener === lane.opener ? lane.sequence : 0;
      const most = Math.min(lane.mostLost(passed, opener.overhead), lane.isJoined ? trials.left >> 1 : trials.left);
      const fit = trials.fit(opener, tried, from, from + most);
      if (fit !== undefined) return this.adopt(lane, fit);
    }
    const found = any ? undefined : this.find(lane, tried, passed);
    return found && this.adoptSecret(lane, found);
  }

  /** What may open a record after a hole, the likeliest first. */
  private *candidates(lane: TlsLane): Generator<RecordOpener> {
    if (lane.opener !== undefined) yield lane.opener;
    for (const later of lane.next) if (later !== undefined) yield later;
    const legacy = this.legacyOpener(lane);
    if (legacy !== undefined && legacy !== lane.opener) yield legacy;
    let updated = lane.next.length > 0 ? lane.next.at(-1) : lane.opener;
    for (let i = 0; i < MOST_UPDATES; i++) {
      updated = updated?.next();
      if (updated === undefined) return;
      yield updated;
    }
  }

  private adopt(lane: TlsLane, { opener, sequence, record }: Fit): OpenedRecord {
    lane.lostRecords = opener === lane.opener ? sequence - lane.sequence : sequence;
    const isFirst = opener !== lane.opener && sequence === 0 && !(lane.next.length === 0 && this.hellos.isTls13);
    lane.uncounted = 0;
    lane.isSealed = true;
    if (opener !== lane.opener && opener === this.legacyOpener(lane)) lane.changes++;
    lane.use(opener, sequence + 1);
    // Nothing of these keys was lost.
    if (isFirst) lane.forgetLoss();
    return record;
  }

  private find(lane: TlsLane, tried: TriedRecord, passed: number): SecretFit | undefined {
    const { tools, hellos } = this;
    const { server, client, suite } = hellos;
    const role = this.roleOf(lane);
    // Of TLS 1.3, only records of this type are sealed.
    const mayBeSealed = tried.bytes[tried.at] === CONTENT.applicationData;
    if (!mayBeSealed && (server === undefined || hellos.isTls13)) return undefined;
    if (server !== undefined && suite !== undefined && client === undefined && role !== undefined) {
      if (!tools.crypto.supports(suite)) return undefined;
      if (hellos.isTls13) return fitOfHandshake(tools, suite, role, tried);
    }
    if (server !== undefined) {
      const most = Math.min(MOST_BEFORE, lane.mostLost(passed, 0));
      return hellos.isTls13 || role === undefined ? undefined : this.fitOfMasters(role, tried, most);
    }
    if (client !== undefined && role !== undefined) return this.fitOfClient(client, role, lane, tried, passed);
    lane.tries++;
    return fitOfAny(tools, role === undefined ? ['client', 'server'] : [role], tried, tools.trials.left >> 1);
  }

  /** The ServerHello is lost: a suite that its secrets fit. */
  private fitOfClient(
    { random }: ClientHello,
    role: TlsRole,
    lane: TlsLane,
    tried: TriedRecord,
    passed: number,
  ): SecretFit | undefined {
    const { crypto, secrets, trials } = this.tools;
    const [secret] = [HANDSHAKE_SECRET, APPLICATION_SECRET].flatMap((label) => secrets.of(label[role], random));
    for (const suite of suitesOfSecret(secret?.length ?? 0)) {
      if (secret === undefined || !crypto.supports(suite)) continue;
      const { early, handshake, application } = epochsOf(crypto, secrets, suite, random, role);
      for (const opener of [early, handshake, application]) {
        const most = opener && Math.min(lane.mostLost(passed, opener.overhead), MOST_FROM_START, trials.left >> 1);
        const fit = most === undefined ? undefined : trials.fit(opener!, tried, 0, most);
        if (fit) return { ...fit, random, role, suite };
      }
    }
    return undefined;
  }

  private adoptSecret(lane: TlsLane, fit: SecretFit): OpenedRecord {
    const { hellos } = this;
    this.client ??= fit.role === 'client' ? lane.side : otherSide(lane.side);
    if (hellos.server !== undefined && !hellos.isTls13) {
      if (!lane.isSealed) lane.changes++;
      return this.adopt(lane, fit);
    }
    const isNew = hellos.server === undefined;
    if (isNew) hellos.find(fit.suite, fit.random);
    else hellos.loggedRandom = fit.random;
    this.useEpochs(fit.suite, fit.random);
    const other = this.lanes[otherSide(lane.side)];
    if (isNew && !other.isBegun) other.isJoined = true;
    return this.place(lane, fit);
  }

  /** Where among the session's epochs the one is that fitted. */
  private place(lane: TlsLane, { opener, sequence, record, suite, random, role }: SecretFit): OpenedRecord {
    const { crypto, secrets } = this.tools;
    const { early, handshake, application } = epochsOf(crypto, secrets, suite, random, role);
    const isSame = (other: RecordOpener | undefined): boolean => other !== undefined && sameKey(other, opener);
    if (isSame(early)) lane.next = [handshake, application];
    else lane.next = isSame(handshake) ? [application] : [];
    lane.opener = opener;
    lane.sequence = sequence + 1;
    lane.lostRecords = sequence;
    lane.uncounted = 0;
    lane.isSealed = true;
    if (sequence === 0) lane.forgetLoss();
    return record;
  }
}

function sameKey(one: RecordOpener, other: RecordOpener): boolean {
  return one.identity !== undefined && one.identity === other.identity;
}
