import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { has } from '../tools.js';
import { Pages } from './browser.js';
import { serving, type Serving } from './serving.js';

const chromium = has('chromium');
const FRAME = '81870ec3f3cd3bf6c6f83bf6c6';

async function connect(page: Page, nickname?: string): Promise<void> {
  if (nickname !== undefined) await page.fill('#nickname', nickname);
  await page.click('#connect-button');
  await page.locator('#connect-state[data-state=on]').waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('#compose-text', text);
  await page.press('#compose-text', 'Enter');
}

/** Names of the fields that are lit up, and how many bytes are. */
async function lit(page: Page, view: string): Promise<{ fields: string[]; bytes: number }> {
  const fields = await page.locator(`${view} .part.lit .name`).allTextContents();
  return { fields, bytes: await page.locator(`${view} .byte.lit`).count() };
}

/**
 * The list follows its end, and shows what is in sight: goes through it, again and again, until the row is among them.
 * The rows at that moment: the next ones that come may move it out of sight.
 */
const ROWS_WITH_LEFT_OUT = `new Promise((done) => {
  const rows = document.querySelector('#rows');
  rows.scrollTop = 0;
  const look = () => {
    const shown = [...rows.querySelectorAll('.row')].map((row) => row.textContent);
    if (shown.some((text) => text.includes('records are not shown'))) return done(shown);
    const isEnd = rows.scrollTop + rows.clientHeight >= rows.scrollHeight - 1;
    rows.scrollTop = isEnd ? 0 : rows.scrollTop + rows.clientHeight / 2;
    requestAnimationFrame(() => requestAnimationFrame(look));
  };
  requestAnimationFrame(look);
})`;

describe.skipIf(!chromium)('the page', () => {
  const pages = new Pages();
  let echo: Serving;
  let chat: Serving;
  beforeAll(async () => {
    [echo, chat] = await Promise.all([serving('--subprotocol', 'demo'), serving('--mode', 'chat'), pages.start()]);
  });
  afterAll(async () => {
    await pages.end();
    await Promise.all([echo.stop(), chat.stop()]);
  });
  afterEach(() => {
    // No violation of the policy, no error in the console, whatever was done.
    expect(pages.complaints.splice(0)).toEqual([]);
  });
  const urlOf = ({ page }: Serving): string => page;

  it('connects, sends text and bytes, and shows every frame', async () => {
    const page = await pages.open(urlOf(echo));
    expect(await page.inputValue('#url')).toBe(`ws://127.0.0.1:${echo.port}/`);
    await page.locator('#channel[data-state=on]').waitFor();
    await connect(page);
    expect(await page.textContent('#connect-state')).toBe('connected, demo');
    await say(page, 'hello <b>bits</b>');
    await page.locator('.message.received .body').waitFor();
    await page.selectOption('#compose-kind', 'binary');
    await say(page, 'zz');
    expect(await page.locator('#compose :invalid').count()).toBe(1);
    await say(page, '00 ff 7e');
    await page.locator('.message.received .bytes-body').waitFor();
    expect(await page.locator('.message .body').allTextContents()).toEqual([
      expect.stringMatching(/^connection #\d+ is open$/),
      'hello <b>bits</b>',
      'hello <b>bits</b>',
      '00 ff 7e',
      '00 ff 7e',
    ]);
    await page.locator('#rows .row').nth(4).waitFor();
    const names = await page.locator('#rows .row .name').allTextContents();
    expect(names).toEqual(['handshake', 'text', 'text', 'binary', 'binary']);
    await page.click('#connect-button');
    await page.locator('#rows .of-note').waitFor();
    expect(await page.locator('#rows .of-close .preview').first().textContent()).toBe('1000 Normal Closure');
    await page.context().close();
  });

  it('filters the live list, and what comes later, in the words of the command line', async () => {
    const page = await pages.open(urlOf(echo));
    await connect(page);
    for (const text of ['first pear', 'an apple', 'last pear']) await say(page, text);
    const names = (): Promise<string[]> => page.locator('#rows .row .preview').allTextContents();
    await page.locator('#rows .row', { hasText: 'last pear' }).nth(1).waitFor();
    await page.fill('#filter', 'opcode:text client: pear');
    await expect.poll(names).toEqual(['first pear', 'last pear']);
    await say(page, 'one more pear');
    await say(page, 'and a plum');
    await expect.poll(names).toEqual(['first pear', 'last pear', 'one more pear']);
    await page.locator('#counted', { hasText: /^3 of \d+ records$/ }).waitFor();
    await page.fill('#filter', 'opcode:none');
    await page.locator('#counted.wrong', { hasText: 'opcode:none' }).waitFor();
    await page.fill('#filter', '');
    await page.click('#clear');
    await page.locator('#rows-empty').waitFor();
    await page.click('#pause');
    await say(page, 'unseen');
    await page.locator('#counted', { hasText: '0 records; 2 more since the pause' }).waitFor();
    await page.click('#pause');
    await expect.poll(names).toEqual(['unseen', 'unseen']);
    await page.context().close();
  });

  it('leads to a live record by its address, in another page too', async () => {
    const page = await pages.open(urlOf(echo));
    await connect(page);
    await say(page, 'look here');
    await page.locator('#rows .row', { hasText: 'look here' }).nth(1).click();
    await page.locator('#detail .byte').first().waitFor();
    const hash = await page.evaluate<string>('location.hash');
    expect(hash).toMatch(/^#c=\d+&f=\d+$/);
    const other = await pages.open(urlOf(echo) + hash);
    const selected = other.locator('#rows [aria-selected=true]');
    await selected.filter({ hasText: 'look here' }).waitFor();
    expect(await selected.locator('.arrow.server').count()).toBe(1);
    // As often as the address changes, whatever the filter leaves out.
    await other.fill('#filter', 'opcode:ping');
    await other.evaluate("location.hash = '#f=0'");
    await other.locator('#rows [aria-selected=true].of-handshake').waitFor();
    expect(await other.inputValue('#filter')).toBe('');
    await Promise.all([page, other].map((each) => each.context().close()));
  });

  it('leads to a live record of its address that comes later', async () => {
    const own = await serving();
    const page = await pages.open(`${urlOf(own)}#f=2`);
    await page.locator('#channel[data-state=on]').waitFor();
    const other = await pages.open(urlOf(own));
    await connect(other);
    await say(other, 'awaited');
    await page.locator('#rows [aria-selected=true]', { hasText: 'awaited' }).waitFor();
    await Promise.all([page, other].map((each) => each.context().close()));
    await own.stop();
    // The end of the server is an error of both channels.
    pages.complaints.length = 0;
  });

  it('says in each tab how many records were left out of much traffic', async () => {
    // Pages of others would begin with what is left of it.
    const own = await serving();
    const page = await pages.open(urlOf(own));
    const peer = new WebSocket(`ws://127.0.0.1:${own.port}/`);
    await once(peer, 'open');
    for (let i = 0; i < 5000; i++) peer.send('much');
    for (const tab of ['overview', 'sequence']) {
      await page.click(`#tab-${tab}`);
      await page.locator('#feed-note', { hasText: /^[\d,]+ records were left out: counts, sizes and pings/ }).waitFor();
    }
    peer.close();
    await page.context().close();
    await own.stop();
  });

  it('shows records, sequence and plots also when its server has ended', async () => {
    const own = await serving();
    const page = await pages.open(urlOf(own));
    await connect(page);
    await say(page, 'last');
    await page.locator('#rows .row', { hasText: 'last' }).last().waitFor();
    await own.stop();
    await page.locator('#feed-note', { hasText: 'wsinspect has ended' }).waitFor();
    await page.locator('#rows .row', { hasText: 'last' }).last().click();
    await page.locator('#detail .byte').first().waitFor();
    await page.click('#tab-sequence');
    await page.locator('.sq-step', { hasText: 'last' }).first().waitFor();
    await page.click('#tab-overview');
    await page.click('#ov-plots');
    await page.locator('#plots figure').first().waitFor();
    await page.context().close();
    // The end of the server is an error of the channel.
    pages.complaints.length = 0;
  });

  it('selects what is pressed, whatever comes before the release', async () => {
    const own = await serving();
    const [page, other] = [await pages.open(urlOf(own)), await pages.open(urlOf(own))];
    await connect(other);
    await say(other, 'pressed');
    const row = page.locator('#rows .row', { hasText: 'pressed' }).first();
    await row.waitFor();
    const { x, y, width, height } = (await row.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    for (let i = 0; i < 40; i++) await say(other, `later ${i}`);
    await page.locator('#counted', { hasText: /^83 records$/ }).waitFor();
    await page.mouse.up();
    await page.locator('#detail', { hasText: 'pressed' }).locator('.byte').first().waitFor();
    // The list continues to follow its end.
    await page.locator('#rows .row', { hasText: 'later 39' }).last().waitFor();
    await Promise.all([page, other].map((each) => each.context().close()));
    await own.stop();
    // The end of the server is an error of both channels.
    pages.complaints.length = 0;
  });

  it('lights up what belongs together, by pointer and by keys', async () => {
    const page = await pages.open(urlOf(echo));
    await connect(page);
    await say(page, 'Hi');
    await page.locator('#rows .of-text').last().waitFor();
    await page.locator('#rows .of-text', { hasText: 'Hi' }).first().click();
    const byte = (at: number) => page.locator(`#detail .byte[data-at="${at}"]`);
    await byte(3).hover();
    expect(await lit(page, '#detail')).toEqual({ fields: ['masking key'], bytes: 4 });
    await byte(0).hover();
    expect(await lit(page, '#detail')).toEqual({ fields: ['FIN', 'RSV1-3', 'opcode'], bytes: 1 });
    await page.locator('#detail .part', { hasText: 'payload' }).last().hover();
    expect(await lit(page, '#detail')).toEqual({ fields: ['payload'], bytes: 2 });
    await page.locator('h1').hover();
    // Into the bytes from the list, and on with the arrow keys.
    await page.focus('#rows');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    expect(await lit(page, '#detail')).toEqual({ fields: ['MASK', 'length'], bytes: 1 });
    await page.keyboard.press('End');
    expect(await page.textContent('#detail .description')).toMatch(/^byte 7: [0-9a-f]{2} ⊕ [0-9a-f]{2} = 69 {2}'i'$/);
    await page.focus('#rows');
    await page.keyboard.press('Home');
    expect(await page.locator('#detail .step').count()).toBe(7);
    await page.context().close();
  });

  it('shows the seven steps with the values of the handshake', async () => {
    const page = await pages.open(urlOf(echo));
    await connect(page);
    await page.locator('#rows .of-handshake').last().click();
    const text = (await page.textContent('#detail .steps')) ?? '';
    expect(text).toMatch(
      /258EAFA5-E914-47DA-95CA-C5AB0DC85B11.*SHA-1.*[0-9a-f]{40}.*101 Switching Protocols.*they are equal/s,
    );
    expect(await page.locator('#detail .step.done').count()).toBe(7);
    const links = await page.locator('#detail .step .rfc a').count();
    expect(links).toBe(7);
    expect(await page.locator('#detail .step .rfc a').first().getAttribute('href')).toMatch(
      /^https:\/\/www\.rfc-editor\.org\/rfc\/rfc6455#section-[\d.]+$/,
    );
    await page.context().close();
  });

  it('has two pages chat, and the server ping one of them', async () => {
    const [ada, grace] = await Promise.all([pages.open(urlOf(chat)), pages.open(urlOf(chat))]);
    await Promise.all([connect(ada, 'Ada'), connect(grace, 'Grace Höpper')]);
    await say(ada, 'Hello Grace');
    await say(ada, '\u202e hi 😀');
    // What turns the direction of writing is spelled out, for both.
    for (const page of [ada, grace]) await page.locator('#messages .body', { hasText: '\\u202e hi 😀' }).waitFor();
    await grace.locator('.message.received .body', { hasText: 'Hello Grace' }).waitFor();
    expect(await grace.locator('.message.received .sender bdi').first().textContent()).toBe('Ada');
    await say(grace, 'Hello Ada');
    await ada.locator('.message.received .body', { hasText: 'Hello Ada' }).waitFor();
    expect(await ada.locator('.message.sent').count()).toBe(2);
    await grace.click('#ping');
    await grace.locator('.message.info', { hasText: "the server's ping was answered after" }).waitFor();
    await ada.locator('#rows .of-pong').waitFor();
    expect(await ada.locator('.message.info', { hasText: 'ping' }).count()).toBe(0);
    await Promise.all([ada, grace].map((page) => page.context().close()));
  });

  it('polls the chat: rows of requests with heads and bodies, and their lanes', async () => {
    const [poller, other] = await Promise.all([pages.open(urlOf(chat)), pages.open(urlOf(chat))]);
    await poller.selectOption('#transport', 'long');
    expect(await poller.locator('#url').isVisible()).toBe(false);
    await Promise.all([connect(poller, 'Polly'), connect(other, 'Olga')]);
    await say(poller, 'by polling');
    await other.locator('.message.received .body', { hasText: 'by polling' }).waitFor();
    await say(other, 'by WebSocket');
    await poller.locator('.message.received .body', { hasText: 'by WebSocket' }).waitFor();
    await poller.locator('#poll-lanes', { hasText: 'one waits for its answer; 1 send' }).waitFor();
    await poller.locator('.poll-waiting').first().waitFor();
    await poller.locator('.poll-full').nth(1).waitFor();
    await poller.fill('#filter', 'by polling');
    await poller.locator('#rows .row', { hasText: 'POST /send' }).click();
    // The answer is drawn into it when it comes.
    await poller.locator('#detail .exchange pre', { hasText: '{"id":' }).waitFor();
    const [asked, answered] = await poller.locator('#detail .exchange pre').allTextContents();
    expect(asked).toMatch(
      /^POST \/send HTTP\/1\.1\n[^]*\ncontent-type: application\/json\n[^]*\n\n\{"sender":"Polly","msg":"by polling"\}$/i,
    );
    expect(answered).toMatch(/^HTTP\/1\.1 200 OK\n[^]*\{"id":\d+\}/);
    await poller.click('#connect-button');
    await poller.locator('#connect-state[data-state=off]').waitFor();
    await poller.selectOption('#transport', 'short');
    await poller.click('#connect-button');
    await poller.locator('#connect-state', { hasText: /^polling$/ }).waitFor();
    await poller.locator('#poll-lanes', { hasText: /[1-9]\d* polls?: / }).waitFor();
    await Promise.all([poller, other].map((page) => page.context().close()));
  });

  it('says what the room refused', async () => {
    const page = await pages.open(urlOf(chat));
    await connect(page, 'Ida');
    await page.selectOption('#compose-kind', 'binary');
    await say(page, '00 ff');
    const note = page.locator('.message.info.wrong');
    await note.filter({ hasText: 'chat accepts text only' }).waitFor();
    await page.locator('#rows .row', { hasText: 'chat accepts text only' }).waitFor();
    const other = await pages.open(urlOf(chat));
    await other.fill('#nickname', 'Ida');
    await other.click('#connect-button');
    await other.locator('.message.info.wrong', { hasText: 'the nickname Ida is taken' }).waitFor();
    // The browser reports the refusal too.
    expect(pages.complaints.splice(0)).toEqual([expect.stringContaining('Unexpected response code: 409')]);
    expect(await note.count()).toBe(1);
    await Promise.all([page, other].map((each) => each.context().close()));
  });

  it('has a tour of three steps, which is remembered, and not shown to programs', async () => {
    const page = await pages.open(urlOf(echo));
    await page.locator('#channel[data-state=on]').waitFor();
    expect(await page.locator('#tour').count()).toBe(0);
    const address = `${urlOf(echo)}#tour`;
    // On a phone, where the panel of the second step is not in sight.
    const other = await pages.open(address, { viewport: { width: 390, height: 844 } });
    for (const [text, button, isLast] of [
      ['1 of 3', 'Next', false],
      ['2 of 3', 'Next', false],
      ['3 of 3', 'Done', true],
    ] as const) {
      await other.locator('#tour p', { hasText: text }).waitFor();
      expect(await other.locator('.toured:visible').count()).toBe(1);
      expect(await other.locator('#tour button', { hasText: 'Skip' }).isHidden()).toBe(isLast);
      await other.locator('#tour button', { hasText: button }).click();
    }
    await other.locator('#tour').waitFor({ state: 'detached' });
    expect(await other.evaluate("localStorage.getItem('wsinspect.tour')")).toBe('seen');
    await Promise.all([page, other].map((each) => each.context().close()));
  });

  it('flips a bit, copies, and compares', async () => {
    const page = await pages.open(urlOf(echo));
    await page.click('#tab-paste');
    await page.fill('#paste-text', `${FRAME} 810461626364`);
    await page.click('#paste-form button[type=submit]');
    await page.locator('#paste-detail .byte').first().click();
    await page.keyboard.press('6');
    await page.locator('#paste-detail .findings', { hasText: 'RSV1' }).waitFor();
    const flipped = page.locator('#paste-detail .flipped');
    await page.keyboard.press('5');
    await flipped.filter({ hasText: '2 bits flipped here' }).waitFor();
    await page.keyboard.press('6');
    await flipped.filter({ hasText: '1 bit flipped here' }).waitFor();
    await page.keyboard.press('5');
    // Nothing differs: it is what was captured.
    await flipped.waitFor({ state: 'detached' });
    await page.keyboard.press('6');
    await page.locator('#paste-detail .findings', { hasText: 'RSV1' }).waitFor();
    await page.locator('#paste-detail button', { hasText: 'As captured' }).click();
    expect(await page.locator('#paste-detail .findings', { hasText: 'RSV1' }).count()).toBe(0);
    await page.locator('#paste-detail button', { hasText: 'Copy hex' }).click();
    await page.locator('#paste-detail .action-result code', { hasText: FRAME }).waitFor();
    await page.locator('#paste-detail button', { hasText: 'Compare with the next' }).click();
    await page.locator('#paste-rows .row').nth(1).click();
    await page.locator('#paste-detail .diff-second', { hasText: 'abcd' }).waitFor();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.locator('#paste-rows .row').nth(0).click();
    await page.locator('#paste-detail button', { hasText: 'Take the mask off' }).click();
    expect(await page.textContent('#paste-detail .xor-text')).toContain('3b ⊕ 0e = 35');
    expect(await page.locator('.xoring').count()).toBe(0);
    await page.context().close();
  });

  it('inflates what is pasted', async () => {
    const page = await pages.open(urlOf(echo));
    await page.click('#tab-paste');
    await page.fill('#paste-text', 'c107f248cdc9c90700 c105f200110000');
    await page.click('#paste-form button[type=submit]');
    await page.locator('#paste-state', { hasText: 'RSV1 is set' }).waitFor();
    expect(await page.locator('#paste-detail .plain').count()).toBe(0);
    await page.check('#paste-deflate');
    await page.locator('#paste-detail .plain', { hasText: 'Hello' }).waitFor();
    expect(await page.locator('#paste-rows .row', { hasText: 'Hello' }).count()).toBe(2);
    await page.context().close();
  });

  it('decodes what is pasted', async () => {
    const page = await pages.open(urlOf(echo));
    await page.click('#tab-paste');
    await page.fill('#paste-text', FRAME);
    await page.click('#paste-form .primary');
    await page.locator('#paste-rows .preview').first().waitFor();
    expect(await page.locator('#paste-rows .preview').allTextContents()).toEqual(['5555555']);
    const link = page.locator('#paste-detail .part .rfc a').first();
    expect(await link.getAttribute('href')).toBe('https://www.rfc-editor.org/rfc/rfc6455#section-5.2');
    await page.locator('#paste-detail .byte').nth(6).hover();
    expect(await lit(page, '#paste-detail')).toEqual({ fields: ['payload'], bytes: 7 });
    await page.selectOption('#paste-direction', 'server');
    expect(await page.textContent('#paste-detail .findings')).toMatch(
      /a frame from the server is masked.*RFC 6455 §5.1/,
    );
    await page.fill('#paste-text', '81 zz');
    await page.click('#paste-form .primary');
    await page.locator('#paste-state', { hasText: 'column' }).waitFor();
    await page.context().close();
  });

  it('compares transports, measured', async () => {
    const page = await pages.open(urlOf(echo));
    await page.click('#tab-compare');
    await page.locator('.compared').waitFor();
    const names = await page.locator('.compared tbody th').allTextContents();
    expect(names).toEqual(['short polling', 'long polling', 'WebSocket']);
    await page.context().close();
  });

  it('draws what a server compares', async () => {
    const page = await pages.open(urlOf(echo));
    const numbers = {
      messages: 50,
      requests: 100,
      bytesUp: 5000,
      bytesDown: 6000,
      overheadPerMessage: 300,
      delayMedianMs: 2,
    };
    const transports = ['short polling', 'WebSocket'].map((name) => ({ name, ...numbers }));
    await page.route('**/compare.json', (route) => route.fulfill({ json: { transports } }));
    await page.click('#tab-compare');
    await page.locator('.compared').waitFor();
    expect(await page.locator('.compared tbody tr').count()).toBe(2);
    expect(await page.locator('.bar-row').count()).toBe(8);
    await page.context().close();
  });

  it('stays in bounds, and fits a phone', async () => {
    const page = await pages.open(urlOf(echo), { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await connect(page);
    await page.evaluate(
      `const socket = new WebSocket(location.href.replace('http', 'ws'));
       socket.onopen = () => { for (let i = 0; i < 4000; i++) socket.send('message ' + i); };
       new Promise((done) => { let n = 0; socket.onmessage = () => ++n === 4000 && done(); })`,
    );
    await page.click('#tab-inspector');
    const shown = await page.evaluate<string[]>(ROWS_WITH_LEFT_OUT);
    expect(shown.length).toBeLessThanOrEqual(80);
    for (const tab of ['chat', 'inspector', 'paste']) {
      await page.click(`#tab-${tab}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
    await page.click('#paste-example');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const row = await page.locator('#paste-detail .byte-row').first().boundingBox();
    expect(row!.x + row!.width).toBeLessThanOrEqual(360);
    await page.context().close();
  });
});

describe.skipIf(!chromium)('the token', () => {
  const pages = new Pages();
  let server: Serving;
  beforeAll(async () => {
    [server] = await Promise.all([serving(), pages.start()]);
  });
  afterAll(async () => {
    await pages.end();
    await server.stop();
  });
  const bare = (): string => new URL('/', server.page).href;
  const door = 'body.door';

  it('is not in the address, and survives that the page is loaded again', async () => {
    const page = await pages.open(server.page);
    for (let i = 0; i < 2; i++) {
      await page.locator('#channel[data-state=on]').waitFor();
      expect(page.url()).toBe(bare());
      await page.reload();
    }
    await page.locator('#channel[data-state=on]').waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(pages.complaints.splice(0)).toEqual([]);
    await page.context().close();
  });

  it('is asked for where it is missing or wrong, and nothing is shown', async () => {
    const page = await pages.open(bare());
    await page.locator(door).waitFor();
    expect(await page.textContent('main')).toMatch(/printed when it started.*--no-token/s);
    await page.goto(`${bare()}?token=wrong`);
    await page.locator(door).waitFor();
    await page.waitForURL(bare());
    // What is kept of a run before does not go round in a circle.
    await page.evaluate(`sessionStorage.setItem('wsinspect.token', 'stale')`);
    await page.goto(bare());
    await expect.poll(() => page.evaluate(`sessionStorage.getItem('wsinspect.token')`)).toBeNull();
    await page.locator(door).waitFor();
    await page.context().close();
  });
});

describe.skipIf(!chromium)('what a page does not get: a page', () => {
  const pages = new Pages('--host-resolver-rules=MAP evil.example 127.0.0.1');
  let server: Serving;
  let other: Serving;
  beforeAll(async () => {
    [server, other] = await Promise.all([serving(), serving(), pages.start()]);
  });
  afterAll(async () => {
    await pages.end();
    await Promise.all([server.stop(), other.stop()]);
  });

  it('of another origin gets nothing from the inspector channel', async () => {
    const page = await pages.open(other.page);
    // It knows the token even.
    const opened = ({ port, page: address }: Serving): Promise<unknown> =>
      page.evaluate(
        `new Promise((resolve) => {
           const token = 'wsinspect.token.' + ${JSON.stringify(new URL(address).searchParams.get('token'))};
           const socket = new WebSocket('ws://127.0.0.1:${port}/.inspect', ['wsinspect.inspect', token]);
           socket.onopen = () => resolve(true);
           socket.onerror = () => resolve(false);
         })`,
      );
    expect(await opened(server)).toBe(false);
    expect(await opened(other)).toBe(true);
  });

  it('that has its own name point to this machine gets no page and no channel', async () => {
    const page = await pages.open('about:blank');
    for (const path of [
      '',
      'app.js',
      'apps.js',
      'causes.js',
      'causes-reading.js',
      'core.js',
      'digest.js',
      'drawings-part.js',
      'dropped.js',
      'frame-model.js',
      'http2-layer.js',
      'http2-reading.js',
      'items.js',
      'lists.js',
      'live.js',
      'page.js',
      'pipeline.js',
      'reading.js',
      'record-part.js',
      'recording-reading.js',
      'recordings.js',
      'shared.js',
      'text.js',
      'text-reading.js',
      'tls-crypto.js',
      'tls-layer.js',
      'tls-reading.js',
      'door.js',
      'style.css',
      'icon.svg',
    ]) {
      const response = await page.goto(`http://evil.example:${server.port}/${path}`);
      expect(response?.status()).toBe(403);
      expect(await response?.text()).not.toContain('wsinspect');
    }
    const policy = (await page.goto(`http://localhost:${server.port}/`))?.headers()['content-security-policy'];
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});
