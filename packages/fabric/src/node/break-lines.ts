/**
 * Breaks lines that are wider than a terminal between words; by itself a terminal breaks them within words. A word that
 * is wider than the terminal, such as a path, stays whole.
 */
export function breakLines(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => brokenLine(line, columns))
    .join("\n");
}

function brokenLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const lines: string[] = [];
  let current = "";
  for (const [word] of line.matchAll(/\s*\S+/g)) {
    if (current !== "" && [...current, ...word].length > columns) {
      lines.push(current);
      current = word.trimStart();
    } else current += word;
  }
  return [...lines, current].join("\n");
}
