import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The files that ONNX Runtime writes when profiled sessions are released, in a folder of their own. */
export class ProfileFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), "lightning-ts-profile-"));
  #count = 0;

  /** A path with which the name of a session's file begins; ONNX Runtime adds the time. */
  newPrefix(): string {
    this.#count += 1;
    return join(this.#folder, `graph-${this.#count}-`);
  }

  /** What a session has written; undefined where it has written nothing. */
  read(prefix: string): string | undefined {
    const name = readdirSync(this.#folder).find((file) => join(this.#folder, file).startsWith(prefix));
    return name === undefined ? undefined : readFileSync(join(this.#folder, name), "utf8");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
