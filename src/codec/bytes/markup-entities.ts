const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML or XML, between tags or in a quoted attribute. */
export function markupEntities(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}
