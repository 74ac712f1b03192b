// XMPP (xmpp.js and prosody) and SIP (JsSIP and kamailio).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watching } from './watch.js';

export async function xmpp(bench) {
  const { log } = bench;
  const { client, xml } = await bench.load('@xmpp/client');
  const port = await bench.freePort();
  const file = join(bench.folder, 'prosody.cfg.lua');
  writeFileSync(
    file,
    `run_as_root = true\ndata_path = "${bench.folder}"\npidfile = "${join(bench.folder, 'pid')}"\nlog = "*console"\n
modules_enabled = { "roster", "saslauth", "disco", "ping", "smacks", "websocket", "presence", "message", "iq" }\n
authentication = "anonymous"\nc2s_require_encryption = false\nconsider_websocket_secure = true\n
http_ports = { ${port} }\nhttp_interfaces = { "127.0.0.1" }\nhttps_ports = {}\nc2s_ports = {}\ns2s_ports = {}\n
VirtualHost "localhost"\n`,
  );
  await bench.program('prosody', ['-F', '--config', file], { port });
  const service = `ws://127.0.0.1:${await bench.proxy(port)}/xmpp-websocket`;
  const ann = client({ service, domain: 'localhost' });
  ann.on('input', (text) => log.client.got.push(xmppEntry(text)));
  ann.on('output', (text) => log.client.sent.push(xmppEntry(text)));
  ann.on('error', () => {});
  await ann.start();
  await ann.send(xml('presence'));
  const { iqCaller } = ann;
  await iqCaller.request(xml('iq', { type: 'get', to: 'localhost' }, xml('ping', 'urn:xmpp:ping')));
  await iqCaller.get(xml('query', 'http://jabber.org/protocol/disco#info'), 'localhost');
  await iqCaller.get(xml('query', 'jabber:iq:roster'));
  await iqCaller.get(xml('query', 'an:unknown'), 'localhost').catch(() => {});
  const came = new Promise((done) => ann.on('stanza', (stanza) => stanza.is('message') && done()));
  const to = String(ann.jid);
  await ann.send(xml('message', { to, type: 'chat', id: 'm1' }, xml('body', {}, 'ü💡 <&> "q"')));
  await came;
  await ann.send(
    xml('message', { to: 'nobody@localhost', type: 'chat', id: 'm2' }, xml('body', {}, 'x'.repeat(20_000))),
  );
  await bench.pause(500);
  await ann.stop();
}

function xmppEntry(text) {
  const [, type] = /^\s*<([\w:-]+)/.exec(text) ?? [];
  const attribute = (name) => new RegExp(`^[^>]*\\s${name}=["']([^"']*)`).exec(text)?.[1];
  const [kind, id] = [attribute('type'), attribute('id')];
  if (type !== 'iq') return { type };
  return { type, id, ...(kind === 'get' || kind === 'set' ? { call: id } : { reply: id }) };
}

export async function sip(bench) {
  const [ann, bob] = await sipUsers(bench);
  const send = (to, body) =>
    bench.event((done) => {
      ann.sendMessage(`sip:${to}@example.org`, body, { eventHandlers: { succeeded: done, failed: done } });
    }, `answer of ${to}`);
  await send('bob', 'hello ü💡');
  await send('nobody', 'x'.repeat(3000));
  await bench.pause(500);
  ann.stop();
  bob.stop();
  await bench.pause(700);
}

/** Calls: one that is taken, held and ended, others that are refused, given up, and to nobody. Of media there is the SDP alone. */
export async function sipCalls(bench) {
  Object.assign(globalThis, { RTCPeerConnection: SilentPeer, RTCSessionDescription: Description });
  const [ann, bob] = await sipUsers(bench);
  const mediaConstraints = { audio: false, video: false };
  const call = (to) => ann.call(`sip:${to}@example.org`, { mediaConstraints });
  const event = (emitter, name) => new Promise((done) => emitter.once(name, done));
  const ringing = () => new Promise((done) => bob.once('newRTCSession', ({ session }) => done(session)));
  const rung = ringing();
  const own = call('bob');
  const confirmed = event(own, 'confirmed');
  const other = await rung;
  await bench.pause(200);
  other.answer({ mediaConstraints });
  await confirmed;
  own.sendDTMF('1');
  other.sendInfo('text/plain', 'ü💡');
  await new Promise((done) => own.hold({}, done));
  await new Promise((done) => own.unhold({}, done));
  await bench.pause(800);
  const ended = event(own, 'ended');
  other.terminate();
  await ended;
  const refusing = ringing();
  const refused = event(call('bob'), 'failed');
  (await refusing).terminate({ status_code: 486 });
  await refused;
  const givenUp = ringing();
  const second = call('bob');
  const failed = event(await givenUp, 'failed');
  await bench.pause(200);
  second.terminate();
  await failed;
  await event(call('nobody'), 'failed');
  await bench.pause(500);
  ann.stop();
  bob.stop();
  await bench.pause(700);
}

class Description {
  constructor({ type, sdp }) {
    Object.assign(this, { type, sdp });
  }
}

/** What JsSIP needs of WebRTC, without media. */
class SilentPeer extends globalThis.EventTarget {
  iceGatheringState = 'complete';
  iceConnectionState = 'connected';
  signalingState = 'stable';
  #version = 0;

  #description(type) {
    const lines = ['v=0', `o=- 1 ${++this.#version} IN IP4 127.0.0.1`, 's=-', 't=0 0'];
    const media = ['m=audio 9 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 127.0.0.1', 'a=rtpmap:0 PCMU/8000', 'a=sendrecv', ''];
    return new Description({ type, sdp: [...lines, ...media].join('\r\n') });
  }

  async createOffer() {
    return this.#description('offer');
  }

  async createAnswer() {
    return this.#description('answer');
  }

  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
  }

  async setRemoteDescription(description) {
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
  }

  getSenders() {
    return [];
  }

  close() {
    this.signalingState = 'closed';
  }
}

/** Ann and Bob, registered at Kamailio. */
async function sipUsers(bench) {
  const { log } = bench;
  globalThis.WebSocket = watching(bench.require('ws').WebSocket, log.client, sipEntry);
  globalThis.window = globalThis;
  const port = await bench.freePort();
  const file = join(bench.folder, 'kamailio.cfg');
  writeFileSync(file, KAMAILIO.replaceAll('PORT', String(port)));
  await bench.program('kamailio', ['-DD', '-E', '-f', file, '-Y', bench.folder, '-P', join(bench.folder, 'pid')], {
    port,
  });
  const url = `ws://127.0.0.1:${await bench.proxy(port)}`;
  const JsSIP = bench.require('jssip');
  const open = async (name) => {
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)],
      uri: `sip:${name}@example.org`,
      register_expires: 120,
      no_answer_timeout: 30,
    });
    ua.start();
    await bench.event((done) => ua.on('registered', done), 'registered');
    return ua;
  };
  return [await open('ann'), await open('bob')];
}

function sipEntry(data) {
  const text = String(data);
  if (text.trim() === '') return [{ type: text.length > 2 ? 'keepalive ping' : 'keepalive pong' }];
  const status = /^SIP\/2\.0 (\d+)/.exec(text)?.[1];
  const [, method] = /^CSeq:\s*\d+\s+(\w+)/im.exec(text);
  const [, branch] = /^Via:[^\r\n]*?;\s*branch=([^\s;,]+)/im.exec(text) ?? [];
  const [, id] = /^Call-ID:\s*(\S+)/im.exec(text) ?? [];
  const key = `${branch} ${method}`;
  if (status) return [{ type: 'response', name: method, id, reply: key }];
  return [{ type: 'request', name: method, id, ...(method !== 'ACK' && { call: key }) }];
}

const KAMAILIO = `#!KAMAILIO
children=2
log_stderror=yes
debug=1
tcp_accept_no_cl=yes
listen=tcp:127.0.0.1:PORT
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xhttp.so"
loadmodule "websocket.so"
loadmodule "nathelper.so"
alias="example.org"
modparam("nathelper|registrar", "received_avp", "$avp(received)")
request_route {
  if (is_method("REGISTER")) {
    fix_nated_register();
    save("location");
    exit;
  }
  add_contact_alias();
  t_on_reply("ALIAS");
  if (has_totag()) {
    loose_route();
    if ($du == $null) handle_ruri_alias();
    t_relay();
    exit;
  }
  if (is_method("CANCEL")) { t_relay(); exit; }
  record_route();
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
onreply_route[ALIAS] {
  add_contact_alias();
}
event_route[xhttp:request] {
  if ($hdr(Upgrade) =~ "websocket") { ws_handle_handshake(); exit; }
  xhttp_reply("404", "Not Found", "", "");
}
`;
