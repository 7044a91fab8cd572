/**
 * About how many bytes a value takes in a JavaScript engine, generously. They are charged as a pickle is read, so that
 * one byte that makes a dictionary cannot be repeated a hundred million times.
 */
export const COSTS = {
  slot: 24,
  memo: 64,
  text: 40,
  list: 120,
  tuple: 120,
  dict: 320,
  entry: 64,
  object: 480,
  bigint: 48,
} as const;
