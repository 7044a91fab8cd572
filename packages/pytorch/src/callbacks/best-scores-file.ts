import type { FileSystem } from "@lightning-ts/core";
import { makeFolder, replaceFile } from "@lightning-ts/fabric";

/** Writes the best files and their scores, for people and other tools. */
export async function writeScores(
  files: FileSystem,
  path: string,
  scores: Readonly<Record<string, number>>,
): Promise<void> {
  const lines = Object.entries(scores).map(([file, score]) => `${JSON.stringify(file)}: ${yamlNumber(score)}\n`);
  const text = lines.length === 0 ? "{}\n" : lines.join("");
  await makeFolder(files, files.dirname(path));
  await replaceFile(files, path, (file) => file.write(new TextEncoder().encode(text)));
}

function yamlNumber(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  return Number.isFinite(value) ? String(value) : value > 0 ? ".inf" : "-.inf";
}
