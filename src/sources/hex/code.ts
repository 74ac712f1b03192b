/** Calls and types of programming languages whose bare numbers are decimal. */
const CONSTRUCTORS = [
  // Python, JavaScript, Dart
  String.raw`bytes|bytearray|(?:array\.)?array\(\s*["'][bB]["'],`,
  String.raw`(?:new\s+)?(?:Uint8|Int8|Uint8Clamped)Array(?:\.(?:of|from)|\(\d+\))?|Buffer\.from|new\s+Buffer`,
  String.raw`String\.fromCharCode|Uint8List\.fromList`,
  // Go, Zig, Java, C#, PowerShell, Kotlin, Akka, Lua, Rust
  String.raw`\[(?:\d+|\.\.\.|_)?\]\s*(?:byte|u?int8|[ui]8)|new\s+s?byte\s*\[\s*\d*\s*\]|\[byte\[\]\]@?`,
  String.raw`u?byteArrayOf|ByteString|string\.char|vec!|&(?:mut\s+)?`,
].join('|');
const CONSTRUCTED = new RegExp(String.raw`(?<![\w.$])(?:${CONSTRUCTORS})\s*\(?$`);
/** The names of types of bytes, in a declaration. */
const TYPE = /(?<![A-Za-z])(?:u?int8(?:_t)?|char|s?byte|uchar|[ui]8)(?![A-Za-z0-9])/i;
const LONGEST = 160;

/** Whether a list of bytes after `before` is of a language in which a number without `0x` is decimal. */
export function isCode(before: string): boolean {
  const text = before.slice(-LONGEST).trimEnd();
  if (CONSTRUCTED.test(text)) return true;
  // `unsigned char x[] =`, `byte[] x =`, `let x: [u8; 4] =`, `std::array<uint8_t, 4> x =`.
  const declaration = text.slice(text.lastIndexOf(';', text.lastIndexOf('[')) + 1);
  return text.endsWith('=') && /[\]>]/.test(declaration) && TYPE.test(declaration);
}
