import { isPlainObject, type FileSystem } from "@lightning-ts/core";
import { replaceFile } from "../checkpoint/replace-file.js";

/** Texts that a spreadsheet would compute, and texts with a control character that YAML would write as it is. */
const NEEDS_QUOTES = /^[=+\-@]|[\u007f-\u009f]/;

/**
 * Writes `hparams.yaml` into the folder. Values that YAML cannot express are written as text; text that a spreadsheet
 * would take for a formula stands in quotes.
 */
export async function hparamsFile(
  files: FileSystem,
  folder: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const bytes = new TextEncoder().encode(await yamlOf(params));
  await replaceFile(files, files.join(folder, "hparams.yaml"), async (file) => file.write(bytes));
}

/** The library is loaded by whoever has parameters: it takes longer than all else that a program imports. */
async function yamlOf(params: Readonly<Record<string, unknown>>): Promise<string> {
  if (Object.keys(params).length === 0) return "{}\n";
  const { Document, Scalar, visit } = (await import("yaml")).default;
  const document = new Document(plain(params));
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === "string" && NEEDS_QUOTES.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document
    .toString()
    .replaceAll(/[\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

/** Values that YAML and JSON can express; all others as text. */
export function plainParams(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (Array.isArray(value)) return value.map(plain);
  if (isPlainObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, plain(item)]),
    );
  return String(value);
}

/** Nested parameters as one level, keys joined with `/`. */
export function flattenParams(params: Readonly<Record<string, unknown>>, separator = "/"): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params)) {
    if (!isPlainObject(value)) flat[key] = value;
    else
      for (const [child, item] of Object.entries(flattenParams(value, separator)))
        flat[`${key}${separator}${child}`] = item;
  }
  return flat;
}
