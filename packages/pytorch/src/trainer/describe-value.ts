/** A value as it can stand in a message: short, and NaN stays NaN. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" || value === undefined || value === null) return String(value);
  if (typeof value === "function") return `the function ${value.name || "(without a name)"}`;
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(describeValue).join(", ")}${value.length > 8 ? ", …" : ""}]`;
  if (typeof value === "symbol") return value.toString();
  const name = value.constructor.name;
  return name === "Object" ? (JSON.stringify(value) ?? "{}") : `an instance of ${name}`;
}
