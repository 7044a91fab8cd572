// Where Arrow's format keeps what: Message.fbs, Schema.fbs and File.fbs number the slots of their tables.

export const MESSAGE = { version: 0, headerType: 1, header: 2, bodyLength: 3, metadata: 4 } as const;
export const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;
export const FOOTER = { version: 0, schema: 1, dictionaries: 2, batches: 3, metadata: 4 } as const;
export const SCHEMA = { endianness: 0, fields: 1, metadata: 2 } as const;
export const FIELD = { name: 0, type: 3, dictionary: 4, children: 5, metadata: 6 } as const;
export const DICTIONARY = { id: 0, indexType: 1 } as const;
export const DICTIONARY_BATCH = { id: 0, data: 1 } as const;
export const BATCH = { length: 0, nodes: 1, buffers: 2, compression: 3, variadicCounts: 4 } as const;
export const COMPRESSION = { codec: 0, method: 1 } as const;
export const KEY_VALUE = { key: 0, value: 1 } as const;

/** Versions 1 to 3 (here 0 to 2) are from before 2018, and laid out differently. */
export const OLDEST_VERSION = 3;
export const NEWEST_VERSION = 4;
