import type { FileSystem } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";

/** One image file. */
export interface ImageSample {
  readonly path: string;
  /** The place of its class in `classes`. */
  readonly label: number;
}

export interface FoundImages {
  readonly classes: readonly string[];
  /** By class, and in a class by path. */
  readonly samples: readonly ImageSample[];
}

/** @throws DataFileError where there are no classes, or a class has no images */
export async function findImages(root: string, files: FileSystem, extensions: readonly string[]): Promise<FoundImages> {
  const top = files.resolve(root);
  const classes: string[] = [];
  const samples: ImageSample[] = [];
  for (const name of await sortedList(root, top, files)) {
    const folder = files.join(top, name);
    if ((await files.stat(folder))?.isDirectory !== true) continue;
    const paths = await filesBelow(folder, files, extensions);
    if (paths.length === 0)
      throw new DataFileError({
        path: files.join(root, name),
        message: "the folder of this class has no images.",
        expected: `files that end in ${extensions.join(", ")}`,
        tryThis: "removing the folder, or the option extensions.",
      });
    samples.push(...paths.map((path) => ({ path, label: classes.length })));
    classes.push(name);
  }
  if (classes.length > 0) return { classes, samples };
  throw new DataFileError({
    path: root,
    message: "there are no folders of classes in it.",
    expected: "one folder for each class: root/cat/1.png, root/dog/2.png",
  });
}

async function sortedList(root: string, top: string, files: FileSystem): Promise<readonly string[]> {
  if ((await files.stat(top))?.isDirectory === true) return [...(await files.list(top))].sort();
  throw new DataFileError({ path: root, message: "there is no such folder.", expected: "a folder of classes" });
}

async function filesBelow(
  folder: string,
  files: FileSystem,
  extensions: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of [...(await files.list(folder))].sort()) {
    const path = files.join(folder, name);
    const isImage = extensions.some((extension) => name.toLowerCase().endsWith(extension));
    if (isImage) found.push(path);
    else if ((await files.stat(path))?.isDirectory === true) found.push(...(await filesBelow(path, files, extensions)));
  }
  return found;
}
