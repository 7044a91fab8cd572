/** Two aligned columns, one line for each entry. */
export function finalTable(entries: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  return Object.entries(entries)
    .map(([name, value]) => `${name.padEnd(width)}   ${value}`)
    .join("\n");
}
