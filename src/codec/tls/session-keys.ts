import { otherSide, type Side } from '../bytes/stream-taker.js';
import { suitesOfSecret, type CipherSuite } from './cipher-suites.js';
import type { ClientHello, ServerHello } from './handshake-messages.js';
import { Hellos } from './hellos.js';
import { TLS13, type OpenedRecord, type RecordOpener } from './record-opener.js';
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
  type Role,
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
/** Records of TLS 1.2 before the one that proves a master secret whose ClientHello is lost. */
const MOST_BEFORE = 64;

/** What is known of the keys of a session: hellos, secrets, and what opens the records of its directions. */
export class SessionKeys {
  readonly hellos = new Hellos();
  /** Undefined as long as no hello was seen, nor a secret found. */
  private client: Side | undefined;
  private readonly tools: TrialTools;
  /** The ServerHello whose master secret was looked for in vain. */
  private searchedFor: ServerHello | undefined;
  private pending: { readonly by: ServerHello; readonly of: Record<Role, RecordOpener> } | undefined;

  constructor(
    private readonly reading: TlsReading,
    private readonly lanes: readonly [TlsLane, TlsLane],
  ) {
    const { crypto, secrets, mostTrials } = reading;
    this.tools = { crypto, secrets, trials: new TagTrials(mostTrials) };
  }

  roleOf({ side }: TlsLane): Role | undefined {
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
    // A renegotiation: the answer to it is still to come.
    if (lane.isSealed) hellos.server = undefined;
    return this.establish();
  }

  takeServer(hello: ServerHello, client: Side): 'ready' | 'waiting' | 'unsupported' {
    this.client ??= client;
    this.hellos.takeServer(hello);
    return hello.isRetry ? 'waiting' : this.establish();
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

  /** That of the newest hellos of TLS 1.0 to 1.2; undefined: the log has no master secret of them. */
  legacyOpener(lane: TlsLane): RecordOpener | undefined {
    const { client, server, suite, isTls13 } = this.hellos;
    const role = this.roleOf(lane);
    if (isTls13 || client === undefined || server === undefined || suite === undefined || role === undefined) {
      return undefined;
    }
    if (this.pending?.by !== server) {
      const { crypto, secrets, resumable } = this.reading;
      const master = masterOf(secrets, resumable, client, server);
      if (master === undefined) return undefined;
      resumable.remember(server.sessionId, master);
      this.pending = { by: server, of: legacyOpeners(crypto, suite, server, client.random, master) };
    }
    return this.pending.of[role];
  }

  /** The log does not have the client's random, or another secret for it: the session's own may stand there by another random. */
  tryOthers(lane: TlsLane, tried: TriedRecord): boolean {
    const { suite, isTls13 } = this.hellos;
    const role = this.roleOf(lane);
    if (suite === undefined || role === undefined) return false;
    if (!isTls13) return this.tryMasters(suite, role, lane, tried);
    if (lane.tries++ > 0) return false;
    const fit = fitOfHandshake(this.tools, suite, role, tried);
    if (fit === undefined) return false;
    this.hellos.loggedRandom = fit.random;
    this.useEpochs(suite, fit.random);
    return true;
  }

  /** The ClientHello of a renegotiation is lost: the log has its master secret by a random that is not known. */
  private tryMasters(suite: CipherSuite, role: Role, lane: TlsLane, tried: TriedRecord): boolean {
    const { server } = this.hellos;
    if (server === undefined || lane.sequence !== 0 || this.searchedFor === server) return false;
    this.searchedFor = server;
    const fit = fitOfMaster(this.tools, suite, server, role, tried, 0);
    if (fit === undefined) return false;
    this.useMaster(fit, server);
    lane.use(this.pending!.of[role], 0);
    return true;
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
    lane.isSealed = true;
    lane.use(opener, sequence + 1);
    // Nothing of these keys was lost.
    if (isFirst) lane.forgetLoss();
    return record;
  }

  private find(lane: TlsLane, tried: TriedRecord, passed: number): SecretFit | undefined {
    const { tools, hellos } = this;
    const { server, client, suite } = hellos;
    const role = this.roleOf(lane);
    if (server !== undefined && suite !== undefined && client === undefined && role !== undefined) {
      if (!tools.crypto.supports(suite)) return undefined;
      const most = Math.min(MOST_BEFORE, lane.mostLost(passed, 0));
      return hellos.isTls13
        ? fitOfHandshake(tools, suite, role, tried)
        : fitOfMaster(tools, suite, server, role, tried, most);
    }
    if (server !== undefined) return undefined;
    if (client !== undefined && role !== undefined) return this.fitOfClient(client, role, lane, tried, passed);
    lane.tries++;
    return fitOfAny(tools, role === undefined ? ['client', 'server'] : [role], tried, tools.trials.left >> 1);
  }

  /** The ServerHello is lost: a suite that its secrets fit. */
  private fitOfClient(
    { random }: ClientHello,
    role: Role,
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
        const most = opener && Math.min(lane.mostLost(passed, opener.overhead), trials.left >> 1);
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
      hellos.loggedRandom = fit.random;
      this.useMaster(fit, hellos.server);
      return this.adopt(lane, fit);
    }
    const isNew = hellos.server === undefined;
    if (isNew) hellos.find(fit.suite, fit.random);
    else hellos.loggedRandom = fit.random;
    this.useEpochs(fit.suite, fit.random);
    const other = this.lanes[otherSide(lane.side)];
    if (isNew && !other.isBegun) other.isJoined = true;
    const own = this.place(lane, fit);
    return own;
  }

  /** Where among the session's epochs the one is that fitted. */
  private place(lane: TlsLane, { opener, sequence, record, suite, random, role }: SecretFit): OpenedRecord {
    const { crypto, secrets } = this.tools;
    const { handshake } = epochsOf(crypto, secrets, suite, random, role);
    const isHandshake = handshake !== undefined && sameKey(handshake, opener);
    lane.next = isHandshake ? lane.next.slice(-1) : [];
    lane.opener = opener;
    lane.sequence = sequence + 1;
    lane.lostRecords = sequence;
    lane.isSealed = true;
    if (sequence === 0) lane.forgetLoss();
    return record;
  }

  private useMaster({ random, suite }: SecretFit, server: ServerHello): void {
    const { crypto, secrets } = this.reading;
    const master = secrets.of('CLIENT_RANDOM', random).at(-1);
    if (master !== undefined) this.pending = { by: server, of: legacyOpeners(crypto, suite, server, random, master) };
  }
}

function sameKey(one: RecordOpener, other: RecordOpener): boolean {
  return one.identity !== undefined && one.identity === other.identity;
}
