const PATTERNS = [/Name:'([^']*)'/, /Node \(([^)]*)\)/, /node ?name:? '?([^'\s]+)'?/i];

/** The node that an ONNX Runtime message speaks of, as its author named it. */
export function nodeNameOf(message: string): string | undefined {
  for (const pattern of PATTERNS) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined && name !== "") return name;
  }
  return undefined;
}
