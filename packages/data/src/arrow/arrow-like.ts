// The parts of apache-arrow's classes that are used, so that programs without it need none of its types.

/** A type of a column; what it has beside its number depends on it. */
export interface ArrowType {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly unit?: number;
  readonly dictionary?: ArrowType;
  toString(): string;
}

/** A part of a column, as it lies in memory. */
export interface ArrowData {
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array | null | undefined;
  readonly values: unknown;
  readonly valueOffsets?: ArrayLike<number | bigint> | undefined;
  readonly variadicBuffers?: readonly Uint8Array[] | undefined;
  readonly dictionary?: ArrowVector | undefined;
}

/** A column. */
export interface ArrowVector {
  readonly length: number;
  readonly nullCount: number;
  readonly type: ArrowType;
  readonly data: readonly ArrowData[];
  get(index: number): unknown;
}

/** A table of apache-arrow. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: ArrowType }[] };
  getChild(name: string): ArrowVector | null;
}

/** Arrow's numbers of types. */
export const ARROW = {
  dictionary: -1,
  null: 1,
  int: 2,
  float: 3,
  utf8: 5,
  bool: 6,
  date: 8,
  timestamp: 10,
  largeUtf8: 20,
  utf8View: 24,
} as const;

export function isText({ typeId }: ArrowType): boolean {
  return typeId === ARROW.utf8 || typeId === ARROW.largeUtf8 || typeId === ARROW.utf8View;
}
