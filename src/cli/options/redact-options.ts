import { InvalidArgumentError, Option } from 'commander';
import { suggestsList } from './suggested-values.js';
import { REDACTION_KINDS, type RedactionKind } from '../../traffic/redaction/choice.js';

/** What `--redact` names: nothing means all kinds. */
export interface RedactList {
  readonly kinds: readonly RedactionKind[];
  readonly fields: readonly string[];
  /** JSONPath (RFC 9535). */
  readonly paths: readonly string[];
}

export interface RedactOptions {
  redact?: RedactList;
  redactAddresses?: true;
}

export function redactOptions(): Option[] {
  return [
    suggestsList(
      new Option(
        '--redact [list]',
        `replace secrets: ${REDACTION_KINDS.join(', ')} (all by default), field:NAME, jsonpath:EXPR (repeatable)`,
      ).argParser(redactList),
      [...REDACTION_KINDS, 'field:', 'jsonpath:'],
    ),
    new Option('--redact-addresses', 'replace IP addresses, those of one network by those of one network'),
  ].map((option) => option.helpGroup('Hand on:'));
}

/** The items of a list: a comma that none of them follows is part of an expression. */
function itemsOf(value: string): string[] {
  return value.split(',').reduce<string[]>((items, part) => {
    const isItem = items.length === 0 || !BEGINS.test(items.at(-1)!) || BEGINS.test(part) || isKind(part);
    return isItem ? [...items, part] : [...items.slice(0, -1), `${items.at(-1)},${part}`];
  }, []);
}

const BEGINS = /^(?:field|jsonpath):/;

function isKind(text: string): text is RedactionKind {
  return (REDACTION_KINDS as readonly string[]).includes(text);
}

function redactList(value: string, before?: RedactList): RedactList {
  const list = {
    kinds: [...(before?.kinds ?? [])],
    fields: [...(before?.fields ?? [])],
    paths: [...(before?.paths ?? [])],
  };
  for (const item of value === '' ? [] : itemsOf(value)) {
    const [, form, rest = ''] = /^(field|jsonpath):([^]*)$/.exec(item) ?? [];
    if (isKind(item)) list.kinds.push(item);
    else if (form !== undefined && rest !== '') (form === 'field' ? list.fields : list.paths).push(rest);
    else {
      throw new InvalidArgumentError(
        `It has to be a list of ${REDACTION_KINDS.join(', ')}, field:NAME and jsonpath:EXPR, separated by commas.`,
      );
    }
  }
  return list;
}
