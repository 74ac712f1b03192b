import { describe, expect, it } from 'vitest';
import { withoutCommands } from '../../src/cli/host/without-commands.js';
import { rawText } from '../../src/describe/line-buffer.js';
import { print } from '../../src/describe/printable.js';

describe('withoutCommands', () => {
  it.each([
    [print`::error::x\n`, ':\\x3aerror::x\n'],
    [print`a\n \t::notice::x\n`, 'a\n \t:\\x3anotice::x\n'],
    [print`\u00a0\u3000::error::x\n`, '\u00a0\u3000:\\x3aerror::x\n'],
    [print`\x1b[31m::error::x\x1b[39m\n`, '\x1b[31m:\\x3aerror::x\x1b[39m\n'],
    [print`a ##[error]x\n`, 'a ##\\x5berror]x\n'],
    [print`connection 0  [::1]:9001 → ::1:80\n`, 'connection 0  [::1]:9001 → ::1:80\n'],
    [print`[##########..] 80 %\r`, '[##########..] 80 %\r'],
  ])('%j', (text, written) => {
    expect(withoutCommands(text)).toBe(written);
    expect(Buffer.from(withoutCommands(rawText(text))).toString()).toBe(written);
  });
});
