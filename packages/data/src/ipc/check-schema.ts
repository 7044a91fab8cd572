import { damagedArrow } from "./damaged-arrow.js";
import type { FlatTable } from "./flat-table.js";
import { DICTIONARY, FIELD, KEY_VALUE, SCHEMA } from "./ipc-slots.js";

/** How many parts a column, or a dictionary, has in a batch. */
export interface IpcLayout {
  readonly columns: readonly number[];
  readonly dictionaries: ReadonlyMap<bigint, number>;
}

const DEEPEST = 64;

/** @throws DataFileError where a part of the schema lies outside of its bytes, or it goes in circles */
export function checkSchema(path: string, schema: FlatTable): IpcLayout {
  if (schema.int16(SCHEMA.endianness) !== 0) throw damagedArrow(path, "its numbers are big-endian");
  checkMetadata(schema, SCHEMA.metadata);
  const dictionaries = new Map<bigint, number>();
  const columns = schema.tables(SCHEMA.fields).map((field) => partsOf(path, field, dictionaries, 0));
  return { columns, dictionaries };
}

/** Notes of the writer, which the library reads whole. */
export function checkMetadata(table: FlatTable, slot: number): void {
  for (const entry of table.tables(slot)) {
    entry.text(KEY_VALUE.key);
    entry.text(KEY_VALUE.value);
  }
}

function partsOf(path: string, field: FlatTable, dictionaries: Map<bigint, number>, depth: number): number {
  if (depth > DEEPEST) throw damagedArrow(path, "its columns are nested without end");
  field.text(FIELD.name);
  field.table(FIELD.type);
  checkMetadata(field, FIELD.metadata);
  let parts = 1;
  for (const child of field.tables(FIELD.children)) parts += partsOf(path, child, dictionaries, depth + 1);
  const dictionary = field.table(FIELD.dictionary);
  if (dictionary === undefined) return parts;
  dictionary.table(DICTIONARY.indexType);
  dictionaries.set(dictionary.id(DICTIONARY.id), parts);
  return 1;
}
