import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { readXml } from '../../src/apps/forms/xml.js';
import { codes, readAll, readerOf, type Sent } from './read-all.js';

const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="a"/>';
const CLOSE = `<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>`;
const NS = 'xmlns="jabber:client"';
const found = (...texts: (string | Uint8Array)[]): string[] =>
  codes(
    readAll(
      readerOf('xmpp'),
      [OPEN, ...texts].map((text): Sent => ['C', text]),
    ),
  );

describe('rules of XMPP', () => {
  it.each<[string, (string | Uint8Array)[], string[]]>([
    ['a binary message', [Uint8Array.from(CLOSE, (c) => c.charCodeAt(0))], ['xmpp-text-message']],
    ['no element', ['hello'], ['xmpp-first-character']],
    ['whitespace', [' \n'], ['xmpp-whitespace']],
    ['an empty message', [''], ['xmpp-whitespace']],
    ['two elements', [`<presence ${NS}/><presence ${NS}/>`], ['xmpp-one-element']],
    ['half an element', [`<presence ${NS}><show>`], ['xmpp-one-element']],
    ['a comment', [`<presence ${NS}><!-- x --></presence>`], ['xmpp-prohibited']],
    ['an instruction', [`<?php x?><presence ${NS}/>`], ['xmpp-prohibited']],
    ['a DTD', ['<!DOCTYPE x>'], ['xmpp-prohibited']],
    ['an entity', [`<message ${NS}><body>&boom;</body></message>`], ['xmpp-prohibited']],
    ['tags that cross', [`<message ${NS}><body></message></body>`], ['xmpp-xml']],
    ['an attribute without quotes', [`<presence ${NS} a=1/>`], ['xmpp-xml']],
    ['an attribute twice', [`<presence ${NS} a="1" a="2"/>`], ['xmpp-xml']],
    ['no namespace', ['<presence/>'], ['xmpp-namespace']],
    ['a prefix without namespace', [`<stream:features ${NS}/>`], ['xmpp-namespace']],
    ['a stream of TCP', ['<stream:stream>'], ['xmpp-one-element', 'xmpp-stream']],
    ['an open of another namespace', ['<open xmlns="x"/>'], ['xmpp-stream']],
    ['something after close', [CLOSE, `<presence ${NS}/>`], ['xmpp-after-close']],
    ['an iq without id', [`<iq ${NS} type="get"><ping/></iq>`], ['xmpp-iq-id']],
    ['an iq of another type', [`<iq ${NS} type="ask" id="1"><ping/></iq>`], ['xmpp-iq-type']],
    ['a get without child', [`<iq ${NS} type="get" id="1"/>`], ['xmpp-iq-child']],
    ['a set with two', [`<iq ${NS} type="set" id="1"><a/><b/></iq>`], ['xmpp-iq-child']],
    ['an error that says nothing', [`<message ${NS} type="error"/>`], ['xmpp-error-child']],
    ['either quotes, entities, CDATA', [`<message ${NS} to='a"b'>&lt;&#x41;&#66;<![CDATA[<x>]]></message>`], []],
    ['an XML declaration', [`<?xml version="1.0"?><presence ${NS}/>`], []],
  ])('%s', (_, texts, expected) => {
    expect(found(...texts)).toEqual(expected);
  });

  it('each side opens first', () => {
    const stanza = `<presence ${NS}/>`;
    expect(codes(readAll(readerOf('xmpp'), [['S', stanza]]))).toEqual(['xmpp-before-open']);
    expect(codes(readAll(readerOf('xmpp', { isJoined: true }), [['S', stanza]]))).toEqual([]);
  });

  it('pairs by id', () => {
    const [, ask, answer] = readAll(readerOf('xmpp'), [
      ['C', OPEN],
      ['C', `<iq ${NS} type="get" id="a"><ping xmlns="urn:xmpp:ping"/></iq>`],
      ['S', `<iq ${NS} type="error" id="a"><error type="cancel"/></iq>`],
    ]);
    expect([ask!.asks, answer!.answers, answer!.isError]).toEqual(['iq a', [{ key: 'iq a' }], true]);
    expect(ask!.isAnsweredByFailure).toBeUndefined();
  });

  it('a message waits for no reply, but for its failure', () => {
    const [, said, failed] = readAll(readerOf('xmpp'), [
      ['C', OPEN],
      ['C', `<message ${NS} id="m"><body>hi</body></message>`],
      ['S', `<message ${NS} id="m" type="error"><error type="cancel"/></message>`],
    ]);
    expect([said!.asks, said!.isAnsweredByFailure]).toEqual(['message m', true]);
    expect(failed!.answers).toEqual([{ key: 'message m' }]);
  });
});

describe('one element of XML', () => {
  it('has the bytes of its parts', () => {
    const text = `<a x='1'><b>hé</b></a>`;
    const { root } = readXml(new TextEncoder().encode(text));
    expect(root).toMatchObject({ name: 'a', attributes: [{ name: 'x', value: '1', span: { start: 3, end: 8 } }] });
    expect(root!.children[0]).toMatchObject({ name: 'b', text: 'hé', span: { start: 9, end: 19 } });
  });

  it('is read in any depth, and shown to a certain one', () => {
    const depth = 50_000;
    const { root, fault } = readXml(new TextEncoder().encode('<a>'.repeat(depth) + '</a>'.repeat(depth)));
    expect([root?.name, fault]).toEqual(['a', undefined]);
  });

  it('ends for any bytes', () => {
    const piece = fc.constantFrom('<', '>', '/', '<a', ' x="', '"', '&', ';', '<!', '<?', ']]>', '<![CDATA[', 'a', '=');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { root, fault } = readXml(new TextEncoder().encode(pieces.join('')));
        expect(root !== undefined || fault !== undefined).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
