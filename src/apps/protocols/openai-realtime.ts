import { invalidPacket, messagePacket, wholeSpan } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { isObject, isText, line, type JsonObject } from '../forms/kinds.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppField, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'openai-realtime';
const SPECIFICATION = 'OpenAI Realtime API, events';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'Each event is a JSON object with a type.',
    message: 'the message is no JSON object with a type',
  },
  base64: {
    reference: `${SPECIFICATION}, input_audio_buffer.append`,
    requirement: 'Audio is Base64.',
    message: 'the audio in "{field}" is no Base64',
  },
  'audio-samples': {
    reference: `${SPECIFICATION}, input_audio_buffer.append`,
    requirement: 'Audio in PCM has whole samples of 16 bits.',
    message: 'the audio in "{field}" has {count} bytes, which are no whole samples',
  },
  'unknown-response': {
    reference: `${SPECIFICATION}, response`,
    requirement: 'Events of a response come between response.created and response.done.',
    message: '"{type}" of the response "{id}", which was not created',
  },
  'after-done': {
    reference: `${SPECIFICATION}, response.done`,
    requirement: 'A response is done once, and has no events after that.',
    message: '"{type}" of the response "{id}", which is done',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

/** Of client events, with what the server says of them. */
const ANSWERS: Readonly<Record<string, string>> = {
  'session.updated': 'session.update',
  'input_audio_buffer.committed': 'input_audio_buffer.commit',
  'input_audio_buffer.cleared': 'input_audio_buffer.clear',
  'output_audio_buffer.cleared': 'output_audio_buffer.clear',
  'conversation.item.truncated': 'conversation.item.truncate',
  'conversation.item.deleted': 'conversation.item.delete',
  'conversation.item.retrieved': 'conversation.item.retrieve',
};
const CREATE = 'response.create';
const CALLS = new Set([CREATE, ...Object.values(ANSWERS)]);

/** Bytes of audio a second: PCM of 16 bits and 24 kHz with one channel, and G.711. */
const PCM_RATE = 48_000;
const G711_RATE = 8000;
const MOST_RESPONSES = 1000;
const MOST_EVENTS = 1000;

/** Audio in an event: its member, and how long it is. */
interface Audio {
  readonly field: string;
  /** Undefined: it is no Base64. */
  readonly bytes: number | undefined;
  readonly isPcm: boolean;
}

class RealtimeReader implements AppReader {
  /** Responses: true while they run, false when they are done. */
  private readonly responses = new Map<string, boolean>();
  /** Calls by the event_id of the client: an error names it. */
  private readonly events = new Map<string, string>();
  /** A response that the client requested, not one that followed speech. */
  private asked: string | undefined;
  private isAsking = false;
  /** Of both directions; undefined: of a form whose rate is not known. */
  private rates: { input: number | undefined; output: number | undefined } = { input: PCM_RATE, output: PCM_RATE };

  constructor(private isPartial: boolean) {}

  read(message: AppMessage): readonly AppPacket[] {
    const said = parseJson(message.bytes)?.value;
    if (!isObject(said) || !isText(said['type'])) {
      return [invalidPacket(message, NAME, broken('json', wholeSpan(message)))];
    }
    const { type } = said;
    const rate = type === 'input_audio_buffer.append' ? this.rates.input : this.rates.output;
    const audio = audioOf(type, said, rate === PCM_RATE);
    const shown = audio?.bytes === undefined ? undefined : audioText(audio.bytes, rate);
    const { bytes } = message;
    return [
      messagePacket(message, {
        protocol: NAME,
        type,
        summary: summaryOf(type, said, shown),
        payload: shown === undefined ? said : { ...said, [audio!.field]: shown },
        fields: () => foldedFields(jsonFields(bytes), audio?.field, shown),
        ...this.linksOf(type, said),
        diagnostics: [...audioFaults(audio, message), ...this.stateOf(type, said, message)],
        ...((type === 'error' || type.endsWith('.failed')) && { isError: true }),
      }),
    ];
  }

  lost(): void {
    this.isPartial = true;
    this.isAsking = false;
  }

  /** A response.create is answered by its response; an error names the event that caused it. */
  private linksOf(type: string, said: JsonObject): Pick<AppPacket, 'asks' | 'answers'> {
    const { event_id: eventId, error } = said;
    if (CALLS.has(type)) {
      if (isText(eventId) && this.events.size < MOST_EVENTS) this.events.set(eventId, type);
      if (type === CREATE) this.isAsking = true;
      return { asks: type };
    }
    if (type === 'error') {
      const cause = isObject(error) ? error['event_id'] : undefined;
      const key = isText(cause) ? this.events.get(cause) : undefined;
      return key === undefined ? {} : { answers: [{ key }] };
    }
    if (type in ANSWERS && Object.hasOwn(ANSWERS, type)) return { answers: [{ key: ANSWERS[type]! }] };
    const id = responseOf(said);
    if (type === 'response.created' && this.isAsking) {
      this.isAsking = false;
      this.asked = id;
      return { answers: [{ key: CREATE, isLast: false }] };
    }
    const isAsked = id !== undefined && id === this.asked;
    return type === 'response.done' && isAsked ? { answers: [{ key: CREATE }] } : {};
  }

  private stateOf(type: string, said: JsonObject, message: AppMessage): AppDiagnostic[] {
    if (type === 'session.created' || type === 'session.updated') this.rates = ratesOf(said, this.rates);
    const id = responseOf(said);
    if (message.direction === 'client' || id === undefined || !type.startsWith('response.')) return [];
    const state = this.responses.get(id);
    const span = wholeSpan(message);
    if (type === 'response.created') {
      this.note(id, true);
      return state === false ? [broken('after-done', span, { type, id })] : [];
    }
    if (type === 'response.done') this.note(id, false);
    if (state === false) return [broken('after-done', span, { type, id })];
    return state === undefined && !this.isPartial ? [broken('unknown-response', span, { type, id })] : [];
  }

  private note(id: string, runs: boolean): void {
    if (this.responses.size >= MOST_RESPONSES) {
      this.responses.clear();
      this.isPartial = true;
    }
    this.responses.set(id, runs);
  }
}

function responseOf({ response_id: id, response }: JsonObject): string | undefined {
  const own = isObject(response) ? response['id'] : id;
  return isText(own) ? own : undefined;
}

/** Audio goes in `audio` of what the client appends, and in `delta` of audio, not of text, of the server. */
function audioOf(type: string, said: JsonObject, isPcm: boolean): Audio | undefined {
  const isDelta = type === 'response.audio.delta' || type === 'response.output_audio.delta';
  const field = isDelta ? 'delta' : type === 'input_audio_buffer.append' ? 'audio' : undefined;
  const text = field === undefined ? undefined : said[field];
  return isText(text) ? { field: field!, bytes: base64Length(text), isPcm } : undefined;
}

/** Bytes that Base64 holds; undefined where the text is none (RFC 4648 §4). */
function base64Length(text: string): number | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  if (padding > 0 && text.length % 4 !== 0) return undefined;
  if (digits % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(text.slice(0, digits))) return undefined;
  return Math.floor((digits * 3) / 4);
}

function audioFaults(audio: Audio | undefined, message: AppMessage): AppDiagnostic[] {
  if (audio === undefined) return [];
  const { field, bytes, isPcm } = audio;
  if (bytes === undefined) return [broken('base64', wholeSpan(message), { field })];
  // The server cuts its audio where it likes.
  const isOdd = isPcm && bytes % 2 === 1 && message.direction === 'client';
  return isOdd ? [broken('audio-samples', wholeSpan(message), { field, count: bytes })] : [];
}

function audioText(bytes: number, rate: number | undefined): string {
  const duration = rate === undefined ? '' : `, ${Number((bytes / rate).toFixed(3))} s`;
  return `<${bytes} bytes of audio${duration}>`;
}

/** The rates that a session states: in the form of the release, or of the beta. */
function ratesOf({ session }: JsonObject, before: RealtimeReader['rates']): RealtimeReader['rates'] {
  const { audio, input_audio_format: inBeta, output_audio_format: outBeta } = isObject(session) ? session : {};
  const { input, output } = isObject(audio) ? audio : {};
  const formatOf = (side: unknown): unknown => (isObject(side) ? side['format'] : undefined);
  const rateOf = (format: unknown, known: number | undefined): number | undefined => {
    if (format === undefined || format === null) return known;
    const word = isObject(format) ? format['type'] : format;
    if (word === 'pcm16' || word === 'audio/pcm') return PCM_RATE;
    return ['g711_ulaw', 'g711_alaw', 'audio/pcmu', 'audio/pcma'].includes(String(word)) ? G711_RATE : undefined;
  };
  return {
    input: rateOf(formatOf(input) ?? inBeta, before.input),
    output: rateOf(formatOf(output) ?? outBeta, before.output),
  };
}

function foldedFields(
  fields: readonly AppField[],
  name: string | undefined,
  shown: string | undefined,
): readonly AppField[] {
  if (name === undefined || shown === undefined) return fields;
  return fields.map((field) => (field.name === name ? { ...field, value: shown } : field));
}

/** What an event says beside its type and its ids. */
function summaryOf(type: string, said: JsonObject, shown: string | undefined): string {
  if (shown !== undefined) return shown;
  const { error, response, delta, transcript, arguments: args, text } = said;
  if (type === 'error' && isObject(error)) {
    const { code, message } = error;
    return line(isText(code) ? code : '', isText(message) ? message : '');
  }
  const told = [delta, transcript, args, text].find(isText);
  if (told !== undefined) return told.length > 200 ? `${told.slice(0, 200)}…` : told;
  if (type === 'response.done' && isObject(response) && isText(response['status'])) return response['status'];
  return jsonText(Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'type' && name !== 'event_id')));
}

export const OPENAI_REALTIME: AppProtocol = {
  name: NAME,
  title: 'OpenAI Realtime API',
  rules: RULES,
  open: ({ isJoined }) => new RealtimeReader(isJoined),
};
