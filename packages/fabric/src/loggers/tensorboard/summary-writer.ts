import { exportOnnx, item, MisconfigurationError, type nn } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import type { LogImage } from "../logger.js";
import { audioValue } from "./audio-messages.js";
import { type CurveAnswers, curveValue } from "./curve-messages.js";
import { type Embedding, embeddingFiles, embeddingFolder, type LogFiles, projectorConfig } from "./embedding-files.js";
import { histogramValue, imageValues, scalarValue, type SummaryValues, textValue } from "./event-messages.js";
import { drawnSvg } from "./drawn-svg.js";
import { graphOfOnnx } from "./graph-messages.js";
import { hparamsValues } from "./hparams-messages.js";
import { imageOfTensor } from "./image-pixels.js";

/** What the writer hands on. Nothing is written before the logger writes. */
export interface SummarySink {
  /** @param run folder of a run of its own below the log dir; "" for the logger's */
  add(values: SummaryValues, step: number, run: string): void;
  /** @param graph an encoded GraphDef */
  addGraph(graph: Uint8Array): void;
  addFiles(files: LogFiles): void;
  wallTimeMs(): number;
}

/** Numbers of the host, or a tensor, which is read. */
export type LogValues = ArrayLike<number> | Tensor;

export interface ImageFormat {
  /**
   * A letter for each dimension of a tensor: N (samples), C (channels), H (rows), W (columns). @default "CHW" for one
   * image, "NCHW" for several
   */
  readonly dataformats?: string | undefined;
}

export interface EmbeddingOptions {
  /** A label for each point, or several in columns. */
  readonly metadata?: readonly (string | readonly string[])[] | undefined;
  /** The names of the columns. */
  readonly metadataHeader?: readonly string[] | undefined;
  /** A picture of each point, [points, channels, rows, columns]. */
  readonly labelImg?: Tensor | undefined;
  /** @default 0 */
  readonly step?: number | undefined;
  /** @default "default" */
  readonly tag?: string | undefined;
}

/**
 * What a `TensorBoardLogger` has as its `experiment`: PyTorch's SummaryWriter, in camelCase. Steps are 0 where they are
 * not given. Tensors are read when they are added; everything is written when the logger writes.
 * @example
 * ```ts
 * import { TensorBoardLogger } from "@lightning-ts/fabric";
 *
 * const logger = new TensorBoardLogger({ saveDir: "logs" });
 * logger.experiment.addScalar("loss", 0.5, 0);
 * logger.experiment.addText("notes", "**bold**");
 * await logger.finalize("success");
 * ```
 */
export class SummaryWriter {
  readonly #sink: SummarySink;
  readonly #embeddings = new Map<string, Embedding>();

  constructor(sink: SummarySink) {
    this.#sink = sink;
  }

  addScalar(tag: string, value: number | Tensor, step = 0): void {
    this.#sink.add([scalarValue(tag, numberOf(tag, value))], step, "");
  }

  /** Several curves in one picture: each is a run of its own, `<mainTag>_<name>`, with the same tag. */
  addScalars(mainTag: string, values: Readonly<Record<string, number | Tensor>>, step = 0): void {
    for (const [name, value] of Object.entries(values)) {
      const run = `${mainTag.replaceAll("/", "_")}_${name.replaceAll("/", "_")}`;
      this.#sink.add([scalarValue(mainTag, numberOf(mainTag, value))], step, run);
    }
  }

  /** @param image pixels, or a tensor: floats from 0 to 1, or int32 from 0 to 255 */
  addImage(tag: string, image: LogImage | Tensor, step = 0, { dataformats = "CHW" }: ImageFormat = {}): void {
    const pixels = image instanceof Tensor ? imageOfTensor(image, dataformats) : image;
    this.#sink.add(imageValues(tag, pixels), step, "");
  }

  /**
   * The graph of a module's forward, as `exportOnnx` finds it: operations of ONNX, and parameters under their names.
   * Needs the `onnxruntime` engine.
   * @param input what `forward` takes, for its shapes
   */
  async addGraph(module: nn.Module, input: unknown): Promise<void> {
    this.#sink.addGraph(graphOfOnnx(await exportOnnx(module, { input })));
  }

  /**
   * A picture as SVG text, such as charts and `plot()` give, as an image. Needs the package `@resvg/resvg-js`.
   * @throws MisconfigurationError where it is missing
   */
  async addFigure(tag: string, svg: string, step = 0): Promise<void> {
    this.addImage(tag, await drawnSvg(svg), step);
  }

  /** Several images in a grid, eight beside each other. */
  addImages(tag: string, images: Tensor, step = 0, { dataformats = "NCHW" }: ImageFormat = {}): void {
    this.addImage(tag, images, step, { dataformats });
  }

  /** @throws MisconfigurationError without any value */
  addHistogram(tag: string, values: LogValues, step = 0): void {
    const numbers = numbersOf(values);
    if (numbers.length === 0)
      throw new MisconfigurationError({
        code: "LIT_LOG_VALUE",
        message: `The histogram "${tag}" has no values.`,
        expected: "at least one number",
        received: "an empty list",
      });
    this.#sink.add([histogramValue(tag, numbers)], step, "");
  }

  addText(tag: string, text: string, step = 0): void {
    this.#sink.add([textValue(tag, text)], step, "");
  }

  /** @param samples one channel, from -1 to 1; louder ones are cut @param sampleRate samples in a second */
  addAudio(tag: string, samples: LogValues, step = 0, { sampleRate = 44_100 } = {}): void {
    this.#sink.add([audioValue(tag, numbersOf(samples), sampleRate)], step, "");
  }

  /**
   * Precision over recall.
   * @param labels 0 and 1 @param predictions probabilities @param options.numThresholds 127 at most
   */
  addPrCurve(
    tag: string,
    labels: LogValues,
    predictions: LogValues,
    step = 0,
    { numThresholds = 127, weights }: { readonly numThresholds?: number; readonly weights?: LogValues } = {},
  ): void {
    const answers: CurveAnswers = {
      labels: numbersOf(labels),
      predictions: numbersOf(predictions),
      weights: weights === undefined ? undefined : numbersOf(weights),
    };
    requireSame("addPrCurve", "a label for each prediction", answers.predictions.length, answers.labels.length);
    this.#sink.add([curveValue(tag, answers, numThresholds)], step, "");
  }

  /**
   * A row of the HParams tab, as a run of its own.
   * @param options.runName @default the time, in seconds
   */
  addHparams(
    params: Readonly<Record<string, unknown>>,
    metrics: Readonly<Record<string, number>>,
    { runName, step = 0 }: { readonly runName?: string; readonly step?: number } = {},
  ): void {
    const run = runName ?? String(this.#sink.wallTimeMs() / 1000);
    const scalars = Object.entries(metrics).map(([tag, value]) => scalarValue(tag, value));
    this.#sink.add([...hparamsValues(params, Object.keys(metrics)), ...scalars], step, run);
  }

  /**
   * Points for the projector, [points, numbers]. Others of the same tag and step take their place.
   * @param options or the metadata alone, as in PyTorch
   */
  addEmbedding(points: Tensor, options: EmbeddingOptions | NonNullable<EmbeddingOptions["metadata"]> = {}): void {
    const {
      metadata,
      metadataHeader,
      labelImg,
      step = 0,
      tag = "default",
    } = isMetadata(options) ? { metadata: options } : options;
    const [count = 0, width = 0] = points.shape;
    requireSame("addEmbedding", "points of [points, numbers]", 2, points.rank);
    if (metadata !== undefined) requireSame("addEmbedding", "metadata of each point", count, metadata.length);
    if (labelImg !== undefined) requireSame("addEmbedding", "an image of each point", count, labelImg.shape[0] ?? 0);
    const values = Array.from(points.dataSync());
    const rows = Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));
    const sprite = labelImg === undefined ? undefined : spriteOf(labelImg);
    const embedding = { tag, step, rows, metadata, metadataHeader, sprite };
    this.#embeddings.set(embeddingFolder(embedding), embedding);
    const config = { "projector_config.pbtxt": projectorConfig([...this.#embeddings.values()]) };
    this.#sink.addFiles({ ...embeddingFiles(embedding), ...config });
  }
}

function isMetadata(
  options: EmbeddingOptions | NonNullable<EmbeddingOptions["metadata"]>,
): options is NonNullable<EmbeddingOptions["metadata"]> {
  return Array.isArray(options);
}

/** All pictures in a square, which is as wide as the projector expects. */
function spriteOf(images: Tensor): Embedding["sprite"] {
  const [count = 0, , height = 0, width = 0] = images.shape;
  const across = Math.ceil(Math.sqrt(count));
  const grid = imageOfTensor(images, "NCHW", across);
  const side = grid.width;
  const pixels = new Uint8Array(side * side * grid.channels);
  pixels.set(grid.pixels.subarray(0, pixels.length));
  return { image: { ...grid, height: side, pixels }, width, height };
}

function numberOf(tag: string, value: number | Tensor): number {
  if (typeof value === "number") return value;
  if (value instanceof Tensor && value.size === 1) return item(value);
  throw new MisconfigurationError({
    code: "LIT_LOG_VALUE",
    message: `"${tag}" is a curve of single numbers.`,
    expected: "a number, or a tensor with one element",
    received: value instanceof Tensor ? `a tensor of shape [${value.shape.join(", ")}]` : typeof value,
  });
}

function numbersOf(values: LogValues): ArrayLike<number> {
  return values instanceof Tensor ? Array.from(values.dataSync(), Number) : values;
}

function requireSame(method: string, what: string, expected: number, received: number): void {
  if (expected === received) return;
  throw new MisconfigurationError({
    code: "LIT_LOG_VALUE",
    message: `${method}() needs ${what}.`,
    expected: String(expected),
    received: String(received),
  });
}
