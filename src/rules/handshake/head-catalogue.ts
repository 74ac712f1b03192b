import type { Rule } from '../rule.js';

/** HTTP/1.1 as such, for either half: RFC 9110 and RFC 9112. RFC 6455 §4.1 asks for a valid HTTP request. */
export const HEAD_RULES = {
  'head-request-line': {
    rfc: 'RFC 9112 §3',
    severity: 'error',
    requirement: 'The request line is a method, a target and a version, one space between each.',
    message: 'the request line is malformed: {text}',
  },
  'head-status-line': {
    rfc: 'RFC 9112 §4',
    severity: 'error',
    requirement: 'The status line is a version, a status of three digits and a reason, one space between each.',
    message: 'the status line is malformed: {text}',
  },
  'head-status-space': {
    rfc: 'RFC 9112 §4',
    severity: 'warning',
    requirement: 'A space follows the status, even without a reason.',
    message: 'no space after the status: {text}',
  },
  'head-bare-lf': {
    rfc: 'RFC 9112 §2.2',
    severity: 'warning',
    requirement: 'Every line ends with CRLF.',
    message: 'lines that end with a bare LF instead of CRLF: {count}',
  },
  'head-bare-cr': {
    rfc: 'RFC 9112 §2.2',
    severity: 'error',
    requirement: 'A CR is only before an LF.',
    message: 'a bare CR inside a line',
  },
  'head-leading-line': {
    rfc: 'RFC 9112 §2.2',
    severity: 'warning',
    requirement: 'Nothing precedes the first line.',
    message: 'empty lines before the first line: {count}',
  },
  'head-leading-space': {
    rfc: 'RFC 9112 §2.2',
    severity: 'error',
    requirement: 'The first header begins at the start of its line.',
    message: 'blanks before the first header: some recipients drop that line, others do not',
  },
  'head-missing-colon': {
    rfc: 'RFC 9112 §5',
    severity: 'error',
    requirement: 'Every header line has a name, a colon and a value.',
    message: 'a header line without a colon: {text}',
  },
  'head-empty-name': {
    rfc: 'RFC 9112 §5',
    severity: 'error',
    requirement: 'Every header has a name.',
    message: 'a header without a name',
  },
  'head-name-character': {
    rfc: 'RFC 9110 §5.1',
    severity: 'error',
    requirement: 'Header names are tokens.',
    message: "the header name {name} has a character that no token has: '{char}'",
  },
  'head-space-before-colon': {
    rfc: 'RFC 9112 §5.1',
    severity: 'error',
    requirement: 'There is no blank between a header name and its colon.',
    message: 'a blank between {name} and its colon: a server has to refuse that',
  },
  'head-fold': {
    rfc: 'RFC 9112 §5.2',
    severity: 'warning',
    requirement: 'A header is on one line.',
    message: 'a header is folded over several lines, which is obsolete',
  },
  'head-control': {
    rfc: 'RFC 9110 §5.5',
    severity: 'error',
    requirement: 'A line has no control characters.',
    message: 'control characters in a line: {count}, the first is {byte}',
  },
  'head-non-ascii': {
    rfc: 'RFC 9110 §5.5',
    severity: 'notice',
    requirement: 'Header values are ASCII.',
    message: 'bytes above 0x7f in a line: {count}, the first is {byte}; recipients treat them as opaque data',
  },
  'head-unfinished': {
    rfc: 'RFC 9112 §2.1',
    severity: 'error',
    requirement: 'An empty line ends the head.',
    message: 'the head ends without an empty line: missing headers were not judged',
  },
  'head-too-large': {
    rfc: 'RFC 9110 §5.4',
    severity: 'error',
    requirement: 'The head stays within the limit of its recipient.',
    message: 'the head has more than {limit} bytes: the rest was not judged',
  },
  'http2-upgrade': {
    rfc: 'RFC 9113 §8.6',
    severity: 'error',
    requirement: 'The upgrade is made over HTTP/1.1.',
    message: '{version} has no 101 and no Upgrade: WebSocket over it is CONNECT with :protocol (RFC 8441)',
  },
} as const satisfies Record<string, Rule>;
