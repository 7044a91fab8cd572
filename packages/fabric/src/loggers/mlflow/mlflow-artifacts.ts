import { MisconfigurationError, type FileSystem } from "@lightning-ts/core";
import { makeFolder } from "../../checkpoint/make-folder.js";
import { replaceFile } from "../../checkpoint/replace-file.js";
import type { MlflowClient } from "./mlflow-client.js";

/** Where a run's files go: through the server, or into a folder of this machine that the server reads. */
export class MlflowArtifacts {
  readonly #client: MlflowClient;
  readonly #files: FileSystem;
  readonly #place: { readonly kind: "server" | "folder"; readonly path: string };

  /** @param uri the run's `artifact_uri` @throws MisconfigurationError for stores that only Python's client knows */
  constructor(client: MlflowClient, files: FileSystem, uri: string) {
    this.#client = client;
    this.#files = files;
    this.#place = placeOf(uri);
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const whole = `${this.#place.path}/${path}`;
    if (this.#place.kind === "server") return this.#client.upload(whole, new Uint8Array(bytes));
    const target = this.#files.resolve(whole);
    await makeFolder(this.#files, this.#files.dirname(target));
    await replaceFile(this.#files, target, async (file) => file.write(bytes));
  }
}

function placeOf(uri: string): { kind: "server" | "folder"; path: string } {
  const scheme = /^([a-z][a-z\d+-]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === "mlflow-artifacts") return { kind: "server", path: new URL(uri).pathname.replace(/^\/+/, "") };
  if (scheme === "file") return { kind: "folder", path: decodeURIComponent(new URL(uri).pathname) };
  if (scheme === undefined) return { kind: "folder", path: uri };
  throw new MisconfigurationError({
    code: "LIT_LOGGERS",
    message: "MLFlowLogger cannot send checkpoints to where this run keeps its files.",
    expected: "a server that takes files itself, or a folder of this machine",
    received: `an artifact location that begins with ${scheme}:`,
    tryThis: "mlflow server --serve-artifacts --artifacts-destination <where they go>, or logModel: false.",
  });
}
