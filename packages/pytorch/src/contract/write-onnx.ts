import {
  classNameOf,
  exportOnnx,
  MisconfigurationError,
  type ExportOnnxOptions,
  type FileSystem,
} from "@lightning-ts/core";
import { defaultPort, replaceFile } from "@lightning-ts/fabric";
import type { LightningModule } from "./lightning-module.js";

export interface ToOnnxOptions extends Omit<ExportOnnxOptions, "input"> {
  /**
   * What `forward` takes, for shapes and types: a tensor or a `tf.TensorBuffer`, an array of them for several
   * arguments, or an object with several as the one argument. @default the module's `exampleInputArray`
   */
  readonly input?: unknown;
  /** What the file is written with. @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
}

/** Writes a module as an ONNX file. Folders on the way are made; a file that is there is replaced when all is well. */
export async function writeOnnx(module: LightningModule, path: string, options: ToOnnxOptions): Promise<void> {
  const { files = defaultPort("toOnnx()", "files"), input = module.exampleInputArray, ...rest } = options;
  if (input === undefined) {
    throw new MisconfigurationError({
      code: "LIT_EXPORT",
      message: `${classNameOf(module)}.toOnnx() does not know what forward takes.`,
      tryThis: 'toOnnx("model.onnx", { input: tf.zeros([1, …]) }), or exampleInputArray in the class.',
    });
  }
  const bytes = await exportOnnx(module, { input, ...rest });
  const absolute = files.resolve(path);
  await files.makeDirectory(files.dirname(absolute));
  await replaceFile(files, absolute, (file) => file.write(bytes));
}
