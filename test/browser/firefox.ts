import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { FIREFOX } from '../tools.js';

export interface FirefoxScreen {
  readonly width?: number;
  readonly height?: number;
  readonly isDark?: boolean;
}

/** Opens pages in Firefox, by WebDriver BiDi, and keeps what they complain about. */
export class FirefoxPages {
  readonly complaints: string[] = [];
  private browser: Browser | undefined;

  async start(): Promise<void> {
    this.browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX!, headless: true });
  }

  async open(url: string, { width = 1440, height = 900, isDark = false }: FirefoxScreen = {}): Promise<Page> {
    const page = await this.browser!.newPage();
    page.setDefaultTimeout(60_000);
    await page.setViewport({ width, height });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    await page.goto(url);
    // BiDi has no command for the scheme that the system prefers: `light-dark()` follows this one as well.
    if (isDark) await page.evaluate("document.documentElement.style.colorScheme = 'dark'");
    return page;
  }

  async end(): Promise<void> {
    await this.browser?.close();
  }
}
