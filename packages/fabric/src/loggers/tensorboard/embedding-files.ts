import { visibleText } from "@lightning-ts/core";
import type { LogImage } from "../logger.js";
import { pngOfImage } from "./png-of-image.js";

/** Points with what TensorBoard's projector shows beside them. */
export interface Embedding {
  readonly tag: string;
  readonly step: number;
  /** One for each point. */
  readonly rows: readonly (readonly number[])[];
  readonly metadata?: readonly (string | readonly string[])[] | undefined;
  readonly metadataHeader?: readonly string[] | undefined;
  /** All points' pictures in one, in a square. */
  readonly sprite?: { readonly image: LogImage; readonly width: number; readonly height: number } | undefined;
}

/** Files by their paths below the log dir. */
export type LogFiles = Readonly<Record<string, Uint8Array | Promise<Uint8Array>>>;

/** The folder of an embedding below the log dir. */
export function embeddingFolder({ step, tag }: Pick<Embedding, "step" | "tag">): string {
  return `${padded(step)}/${encodeURIComponent(tag)}`;
}

/** The files of an embedding by their paths below the log dir, without the projector's list of all embeddings. */
export function embeddingFiles(embedding: Embedding): LogFiles {
  const folder = embeddingFolder(embedding);
  const files: Record<string, Uint8Array | Promise<Uint8Array>> = {
    [`${folder}/tensors.tsv`]: bytes(embedding.rows.map((row) => row.join("\t"))),
  };
  const { metadata, metadataHeader, sprite } = embedding;
  if (metadata !== undefined) {
    const rows = metadata.map((row) => (typeof row === "string" ? [row] : row));
    const all = metadataHeader === undefined ? rows : [metadataHeader, ...rows];
    files[`${folder}/metadata.tsv`] = bytes(all.map((row) => row.map(cell).join("\t")));
  }
  if (sprite !== undefined) files[`${folder}/sprite.png`] = pngOfImage(sprite.image);
  return files;
}

/** The list of all embeddings, which the projector reads first. */
export function projectorConfig(embeddings: readonly Embedding[]): Uint8Array {
  return bytes(
    embeddings.flatMap((embedding) => {
      const { tag, step, metadata, sprite } = embedding;
      const folder = embeddingFolder(embedding);
      return [
        "embeddings {",
        `  tensor_name: ${quoted(`${tag}:${padded(step)}`)}`,
        `  tensor_path: ${quoted(`${folder}/tensors.tsv`)}`,
        ...(metadata === undefined ? [] : [`  metadata_path: ${quoted(`${folder}/metadata.tsv`)}`]),
        ...(sprite === undefined
          ? []
          : [
              "  sprite {",
              `    image_path: ${quoted(`${folder}/sprite.png`)}`,
              `    single_image_dim: ${sprite.width}`,
              `    single_image_dim: ${sprite.height}`,
              "  }",
            ]),
        "}",
      ];
    }),
  );
}

/** A cell holds no breaks: they would make cells and rows of their own. */
function cell(text: string): string {
  return visibleText(text).replaceAll(/[\t\n]/g, " ");
}

function padded(step: number): string {
  return String(step).padStart(5, "0");
}

function quoted(text: string): string {
  return JSON.stringify(cell(text));
}

function bytes(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}
