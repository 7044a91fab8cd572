export type { ArrowData, ArrowTable, ArrowType, ArrowVector } from "./arrow/arrow-like.js";
export { fromArrow, type ArrowOptions } from "./arrow/from-arrow.js";
export { fromPolars, type PolarsDataFrame } from "./arrow/from-polars.js";
export { readArrow, type ReadArrowOptions } from "./arrow/read-arrow.js";
export { DataArray, type DataArrayType } from "./arrays/data-array.js";
export type { NumberArray, NumberType } from "./arrays/number-array.js";
export { readCifar, type CifarImages, type CifarOptions } from "./arrays/read-cifar.js";
export { readIdx } from "./arrays/read-idx.js";
export { readNpy } from "./arrays/read-npy.js";
export { readNpz, type NpzOptions } from "./arrays/read-npz.js";
export { readCsv, type CsvOptions } from "./csv/read-csv.js";
export { ColumnTransformer, type ColumnTransformerState, type EncodedColumns } from "./encoders/column-transformer.js";
export type { Encoder, FittedColumn, Matrix, NamedColumn } from "./encoders/encoder.js";
export { LabelEncoder } from "./encoders/label-encoder.js";
export { MinMaxScaler } from "./encoders/min-max-scaler.js";
export { OneHotEncoder, type OneHotEncoderOptions } from "./encoders/one-hot-encoder.js";
export type { ScalerOptions } from "./encoders/scaler.js";
export { StandardScaler } from "./encoders/standard-scaler.js";
export { DataFileError, type DataFileErrorOptions, type FilePlace } from "./errors/data-file-error.js";
export type { DataSource, FilesOption } from "./files/byte-source.js";
export { decodeImage, type DecodeOptions } from "./images/decode-image.js";
export type { DecodedImage } from "./images/decoded-image.js";
export type { ImageSample } from "./images/find-images.js";
export { ImageFolder, type ImageChange, type ImageFolderOptions } from "./images/image-folder.js";
export { readJsonLines, type JsonLinesOptions } from "./json-lines/read-json-lines.js";
export { BlockSampler, type BlockSamplerOptions } from "./parquet/block-sampler.js";
export { openParquet, readParquet, type OpenParquetOptions, type ReadParquetOptions } from "./parquet/open-parquet.js";
export type { ParquetDataset } from "./parquet/parquet-dataset.js";
export type { CategoriesSpec, ColumnsOption, ColumnSpec, TypesOf } from "./rows/column-spec.js";
export type {
  BigintColumn,
  BooleanColumn,
  CategoryColumn,
  Cell,
  Column,
  ColumnType,
  DateColumn,
  FloatValues,
  IntegerColumn,
  IntegerValues,
  NumberColumn,
  Present,
  TextColumn,
  Texts,
} from "./table/column.js";
export type { ColumnValues } from "./table/make-column.js";
export { Table } from "./table/table.js";
export type { AnyTable, ColumnOf, ColumnTypes, TableItem, TableRow, TypesOfValues } from "./table/table-types.js";
export { CharacterTokenizer } from "./text/character-tokenizer.js";
export { loadTokenizer, type LoadTokenizerOptions } from "./text/load-tokenizer.js";
export { TokenBlocks, type TokenBlocksOptions } from "./text/token-blocks.js";
export type { Tokenizer } from "./text/tokenizer.js";
