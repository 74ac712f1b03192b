import { InvalidArgumentError, Option } from 'commander';
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
    new Option(
      '--redact [list]',
      `replace secrets: ${REDACTION_KINDS.join(', ')} (all by default), field:NAME, jsonpath:EXPR (repeatable)`,
    ).argParser(redactList),
    new Option('--redact-addresses', 'replace IP addresses, those of one network by those of one network'),
  ].map((option) => option.helpGroup('Hand on:'));
}

/** A comma within an expression is followed by none of these. */
const ITEM_END = new RegExp(`,(?=(?:${REDACTION_KINDS.join('|')})(?:,|$)|field:|jsonpath:)`);

function redactList(value: string, before?: RedactList): RedactList {
  const list = {
    kinds: [...(before?.kinds ?? [])],
    fields: [...(before?.fields ?? [])],
    paths: [...(before?.paths ?? [])],
  };
  for (const item of value === '' ? [] : value.split(ITEM_END)) {
    const [, form, rest = ''] = /^(field|jsonpath):([^]*)$/.exec(item) ?? [];
    const kind = REDACTION_KINDS.find((name) => name === item);
    if (kind !== undefined) list.kinds.push(kind);
    else if (form !== undefined && rest !== '') (form === 'field' ? list.fields : list.paths).push(rest);
    else {
      throw new InvalidArgumentError(
        `It has to be a list of ${REDACTION_KINDS.join(', ')}, field:NAME and jsonpath:EXPR, separated by commas.`,
      );
    }
  }
  return list;
}
