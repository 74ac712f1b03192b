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
  const [ann, bob] = [await open('ann'), await open('bob')];
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

function sipEntry(data) {
  const text = String(data);
  if (text.trim() === '') return [{ type: text.length > 2 ? 'keepalive ping' : 'keepalive pong' }];
  const status = /^SIP\/2\.0 (\d+)/.exec(text)?.[1];
  const [, method] = /^CSeq:\s*\d+\s+(\w+)/im.exec(text);
  return [{ type: status ? 'response' : 'request', name: method }];
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
event_route[xhttp:request] {
  if ($hdr(Upgrade) =~ "websocket") { ws_handle_handshake(); exit; }
  xhttp_reply("404", "Not Found", "", "");
}
`;
