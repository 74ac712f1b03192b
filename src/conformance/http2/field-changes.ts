import type { LinkField } from './link-writer.js';

/** The fields of a header block, in their order. */
export type LinkFields = readonly LinkField[];

export const field = (name: string, value: string): LinkField => ({ name, value });

/** With these after the others. */
export const plus =
  (...more: LinkFields) =>
  (fields: LinkFields): LinkFields => [...fields, ...more];

/** With another value of the field that is there. */
export const put =
  (name: string, value: string) =>
  (fields: LinkFields): LinkFields =>
    fields.map((one) => (one.name === name ? field(name, value) : one));
