import { isPlainObject, type FileSystem } from "@lightning-ts/core";
import { stringify } from "yaml";
import { replaceFile } from "../checkpoint/replace-file.js";

/** Writes `hparams.yaml` into the folder. Values that YAML cannot express are written as text. */
export async function hparamsFile(
  files: FileSystem,
  folder: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const bytes = new TextEncoder().encode(stringify(plain(params)));
  await replaceFile(files, files.join(folder, "hparams.yaml"), async (file) => file.write(bytes));
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
