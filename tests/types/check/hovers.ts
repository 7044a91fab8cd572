import { createRequire } from "node:module";
import { join } from "node:path";
import type * as TypeScript from "typescript-5.9";
import type { Compiler } from "./compilers.js";

const require = createRequire(import.meta.url);

/** Stands above code that has the name whose hover is checked. */
const MARK = /^\/\/ hover: (\w+)$/gm;
const MOST_CHARACTERS = 200;

/** Shows, as an editor does, what each marked name in a file is. @returns how many, and those that are too long */
export function checkHovers(
  { packageName, version }: Compiler,
  folder: string,
  file: string,
): { count: number; problems: string[] } {
  const ts: typeof TypeScript = require(packageName);
  const path = join(folder, file);
  const service = ts.createLanguageService(hostOf(ts, folder, path));
  const text = ts.sys.readFile(path) ?? "";
  const marks = [...text.matchAll(MARK)];
  const positions = marks.map(({ 0: mark, 1: name = "", index }) => text.indexOf(name, index + mark.length));
  const problems = positions.flatMap((position) => {
    const shown = ts.displayPartsToString(service.getQuickInfoAtPosition(path, position)?.displayParts);
    const where = `${file}:${text.slice(0, position).split("\n").length} (TypeScript ${version})`;
    if (shown === "" || / any\b/.test(shown)) return [`${where}: the hover says nothing: "${shown}"`];
    return shown.length < MOST_CHARACTERS ? [] : [`${where}: the hover has ${shown.length} characters: ${shown}`];
  });
  return { count: positions.length, problems };
}

function hostOf(ts: typeof TypeScript, folder: string, path: string): TypeScript.LanguageServiceHost {
  const configPath = join(folder, "tsconfig.json");
  const config = ts.getParsedCommandLineOfConfigFile(
    configPath,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  return {
    getScriptFileNames: () => [path],
    getScriptVersion: () => "1",
    getScriptSnapshot(name) {
      const text = ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => config?.options ?? {},
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
}
