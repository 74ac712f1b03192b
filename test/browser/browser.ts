import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { BROWSER } from '../tools.js';

/** Opens pages, and keeps what they complain about. */
export class Pages {
  /** Messages of the console, violations of the policy among them, and errors that were not caught. */
  readonly complaints: string[] = [];
  private browser: Browser | undefined;
  private readonly args: readonly string[];

  constructor(...args: readonly string[]) {
    this.args = args;
  }

  async start(): Promise<void> {
    // Without a sandbox: tests may run as root, and look only at our own page.
    this.browser = await chromium.launch({
      executablePath: BROWSER!,
      args: ['--no-sandbox', '--disable-gpu', ...this.args],
    });
  }

  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser!.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    await page.goto(url);
    return page;
  }

  async end(): Promise<void> {
    await this.browser?.close();
  }
}
