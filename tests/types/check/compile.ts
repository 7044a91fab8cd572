import { execFile } from "node:child_process";
import type { Compiler } from "./compilers.js";

/** One complaint of a compiler. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  /** Its lines; the first says what is wrong, the others why. */
  readonly lines: readonly string[];
}

const TIMEOUT_MS = 120_000;
const HEAD = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/;

/** Compiles a folder's project, without writing anything. */
export function compile(compiler: Compiler, folder: string): Promise<Complaint[]> {
  const args = [compiler.script, "-p", folder, "--noEmit", "--pretty", "false"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: 1 << 24 }, (error, output) => {
      const complaints = readComplaints(output);
      if (error !== null && complaints.length === 0)
        reject(new Error(`${compiler.packageName} failed: ${output}`, { cause: error }));
      else resolve(complaints);
    });
  });
}

/** Reads what a compiler printed: a line for each complaint, and indented ones that belong to it. */
function readComplaints(output: string): Complaint[] {
  const complaints: (Complaint & { readonly lines: string[] })[] = [];
  for (const text of output.split(/\r?\n/)) {
    const [, file, line, code, message] = HEAD.exec(text) ?? [];
    if (file !== undefined && code !== undefined && message !== undefined)
      complaints.push({ file: file.replaceAll("\\", "/"), line: Number(line), code, lines: [message] });
    else if (text.startsWith(" ")) complaints.at(-1)?.lines.push(text.trim());
  }
  return complaints;
}
