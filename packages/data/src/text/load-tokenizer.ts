import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { refuseToken } from "./character-tokenizer.js";
import type { Tokenizer } from "./tokenizer.js";

export interface LoadTokenizerOptions extends FilesOption {
  /** Put the tokens around a text that the file asks for, such as [CLS]. @default true */
  readonly addSpecialTokens?: boolean | undefined;
  /** Leave such tokens out of decoded texts. @default true */
  readonly skipSpecialTokens?: boolean | undefined;
}

/**
 * The tokenizer in a `tokenizer.json`, as Hugging Face's models have it: byte pairs, WordPiece, Unigram. It needs the
 * package `@huggingface/tokenizers`.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no such file
 */
export async function loadTokenizer(source: DataSource, options: LoadTokenizerOptions = {}): Promise<Tokenizer> {
  rejectUnknownOptions("loadTokenizer", options, ["addSpecialTokens", "skipSpecialTokens", "files"]);
  const path = typeof source === "string" ? source : "the bytes";
  const bytes = await readSource("loadTokenizer", source, options);
  const library = await loadLibrary();
  const made = makeTokenizer(path, bytes, (json) => new library.Tokenizer(json, {}));
  const vocabularySize = made.get_vocab(true).size;
  const { addSpecialTokens = true, skipSpecialTokens = true } = options;
  return {
    vocabularySize,
    encode: (text) => Int32Array.from(made.encode(text, { add_special_tokens: addSpecialTokens }).ids),
    decode: (tokens) => {
      const ids = Array.from(tokens);
      for (const id of ids) if (made.id_to_token(id) === undefined) refuseToken(id, vocabularySize);
      return ids.length === 0 ? "" : made.decode(ids, { skip_special_tokens: skipSpecialTokens });
    },
  };
}

/** @throws MisconfigurationError where the library is not installed */
async function loadLibrary() {
  try {
    return await import("@huggingface/tokenizers");
  } catch (cause) {
    throw new MisconfigurationError({
      message: "loadTokenizer needs the package @huggingface/tokenizers, which is not installed.",
      tryThis: "npm install @huggingface/tokenizers",
      cause,
    });
  }
}

function makeTokenizer<TTokenizer>(path: string, bytes: Uint8Array, make: (json: object) => TTokenizer): TTokenizer {
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof json !== "object" || json === null || !("model" in json)) throw new Error("it has no model");
    return make(json);
  } catch (cause) {
    throw new DataFileError({
      path,
      message: `the tokenizer cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      expected: "a tokenizer.json of Hugging Face's tokenizers",
      tryThis: "tokenizer.save(path) in Python, or another copy of the file.",
      cause,
    });
  }
}
