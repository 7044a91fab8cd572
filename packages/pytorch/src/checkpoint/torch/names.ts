/** `hidden_dim` as it is called here: `hiddenDim`. Underscores at the beginning stay. */
export function camelName(name: string): string {
  return name.replace(/(?<=[^_])_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `hiddenDim` as Python calls it: `hidden_dim`. */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? letter : `_${letter.toLowerCase()}`));
}
