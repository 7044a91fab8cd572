/** Control characters, told by all others: V8 takes 5 ms to look up what Unicode calls so. */
const CONTROL = /[^ -~\u{a0}-\u{10ffff}]/gu;
/** What a terminal obeys instead of showing it, also what turns the direction of writing; not line breaks and tabs. */
const OBEYED = /[^\n\t -~\u{a0}-\u{10ffff}]|[\u2028-\u202e\u2066-\u2069]/gu;

/** A text as it may stand in a message: what a terminal would obey is shown as `\\x1b`. Line breaks and tabs stay. */
export function visibleText(text: string): string {
  return text.replaceAll(OBEYED, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** A name as it may stand in a path: each control character is `_`. */
export function visibleName(name: string): string {
  return name.replaceAll(CONTROL, "_");
}
