const said = new Set<string>();

/** Says once in a process that a value is probably not what was meant, where torchmetrics warns. */
export function warnOnce(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  // oxlint-disable-next-line no-console -- a metric has no terminal, and its user sees the console
  console.warn(`Warning: ${text}`);
}

/** For tests: everything may be said again. */
export function forgetWarnings(): void {
  said.clear();
}
