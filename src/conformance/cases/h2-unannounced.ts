import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import type { Case, CaseVerdict } from '../case.js';
import { openingVerdict } from '../handshakes/ruling.js';
import { connectsOf, type Http2Link } from '../http2/http2-link.js';
import type { LinkSetting } from '../http2/link-writer.js';
import { ANSWER_TIME, http2Verdict, type AboutHttp2 } from '../http2/http2-talk.js';
import { plainCase } from '../verdicts/suite.js';

/** Connections that announce no WebSockets (RFC 8441 §3). No request selects these cases: the client's connections take them in turn. */

const ENABLED: LinkSetting = [HTTP2_SETTING.enableConnectProtocol, 1];

function inTurn(
  about: AboutHttp2,
  settings: readonly LinkSetting[],
  run: (link: Http2Link, patience: number) => Promise<CaseVerdict>,
): Case {
  return plainCase({ ...about, peers: ['client'], http: '2', traits: ['in-turn'] }, async (bench) => {
    if (!bench.http2) throw new Error('it is a case about a client over HTTP/2');
    return run(await bench.http2.link({ settings }), bench.patience);
  });
}

const hasConnected = (link: Http2Link): boolean => connectsOf(link).length > 0;

/** Whether a client requests a WebSocket within the time that it has for that. */
async function connects(link: Http2Link, patience: number): Promise<boolean> {
  await link.until(() => hasConnected(link) || link.isOver, ANSWER_TIME * patience);
  return hasConnected(link);
}

async function forbidden(link: Http2Link, patience: number): Promise<CaseVerdict> {
  if (await connects(link, patience)) return http2Verdict({ link }, 'FAILED', 'an extended CONNECT came');
  return http2Verdict({ link }, 'OK', `no extended CONNECT came: ${whatCame(link)}`);
}

function whatCame(link: Http2Link): string {
  if (link.end || link.goaway) return 'the client ended the connection';
  return link.settingsAcks > 0 ? 'SETTINGS was acknowledged' : 'SETTINGS was not acknowledged, either';
}

const FORBIDDEN = 'no extended CONNECT comes';

export const H2_UNANNOUNCED_CASES: readonly Case[] = [
  inTurn(
    {
      id: 'h2.unannounced-absent',
      rfc: 'RFC 8441 §3',
      title: 'The SETTINGS of the tester have no SETTINGS_ENABLE_CONNECT_PROTOCOL',
      expected: FORBIDDEN,
    },
    [],
    forbidden,
  ),
  inTurn(
    {
      id: 'h2.unannounced-zero',
      rfc: 'RFC 8441 §3',
      title: 'SETTINGS_ENABLE_CONNECT_PROTOCOL is 0',
      expected: FORBIDDEN,
    },
    [[HTTP2_SETTING.enableConnectProtocol, 0]],
    forbidden,
  ),
  inTurn(
    {
      id: 'h2.unannounced-late',
      rfc: 'RFC 8441 §3',
      title:
        'SETTINGS_ENABLE_CONNECT_PROTOCOL is 1 in the second SETTINGS, which follow the acknowledgement of the first',
      expected: 'no extended CONNECT comes before them; one may come then',
    },
    [],
    async (link, patience) => {
      await link.until(() => link.settingsAcks > 0 || hasConnected(link) || link.isOver, ANSWER_TIME * patience);
      if (hasConnected(link)) return http2Verdict({ link }, 'FAILED', 'an extended CONNECT came before the setting');
      if (link.isOver)
        return http2Verdict({ link }, 'INFORMATIONAL', 'the client ended the connection before the setting');
      link.sendSettings([ENABLED]);
      if (await connects(link, patience))
        return http2Verdict({ link }, 'OK', 'an extended CONNECT came after the setting');
      return openingVerdict('INFORMATIONAL', `no extended CONNECT came after the setting: ${whatCame(link)}`);
    },
  ),
];
