/** What JSON text consists of, counted without looking into its strings. */
export interface JsonStructure {
  /** Colons: as many as there are keys, where the text is JSON. */
  readonly keys: number;
  /** At least as many as there are values. */
  readonly values: number;
  /** Levels of lists and objects. */
  readonly depth: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts the parts of UTF-8 text that may be JSON, in linear time and without memory of its own: what nobody would want
 * to parse can be refused before. Ends early where there are more values than `mostValues`.
 */
export function jsonStructureOf(bytes: Uint8Array, mostValues: number): JsonStructure {
  let [keys, values, level, depth] = [0, 1, 0, 0];
  for (let at = 0; at < bytes.length && values <= mostValues; at += 1) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at);
        break;
      case COLON:
        keys += 1;
        break;
      case COMMA:
        values += 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        values += 1;
        level += 1;
        depth = Math.max(depth, level);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        level -= 1;
        break;
      default:
    }
  }
  return { keys, values, depth };
}

/** Position of the closing quote; the end of the text where there is none. */
function endOfString(bytes: Uint8Array, begin: number): number {
  let end = begin;
  do {
    end = bytes.indexOf(QUOTE, end + 1);
    if (end < 0) return bytes.length;
  } while (isEscaped(bytes, end));
  return end;
}

/** Whether an odd number of backslashes stands before this position. */
function isEscaped(bytes: Uint8Array, position: number): boolean {
  let start = position;
  while (bytes[start - 1] === BACKSLASH) start -= 1;
  return (position - start) % 2 === 1;
}
