/** A module's child by name, as text. */
export type ChildText = readonly [name: string, text: string];

/** A module as PyTorch prints it: its name, its own options, and its children line by line. */
export function moduleText(name: string, extra: string, children: readonly ChildText[]): string {
  const own = extra === "" ? [] : extra.split("\n");
  if (own.length <= 1 && children.length === 0) return `${name}(${extra})`;
  const lines = [...own, ...children.map(([child, text]) => `(${child}): ${indented(text)}`)];
  return `${name}(\n  ${lines.join("\n  ")}\n)`;
}

/** Neighbours with the same text become one line that counts them, as in PyTorch's `ModuleList`. */
export function joinRepeated(children: readonly ChildText[]): ChildText[] {
  const groups: { readonly text: string; readonly names: string[] }[] = [];
  for (const [name, text] of children) {
    const last = groups.at(-1);
    if (last?.text === text) last.names.push(name);
    else groups.push({ text, names: [name] });
  }
  return groups.map(({ text, names: [first = "", ...others] }) => {
    const last = others.at(-1);
    return last === undefined ? [first, text] : [`${first}-${last}`, `${others.length + 1} x ${text}`];
  });
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}
