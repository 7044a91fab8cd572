/** Turns texts into numbers of tokens, and back. */
export interface Tokenizer {
  /** How many tokens there are: what an embedding needs. */
  readonly vocabularySize: number;
  encode(text: string): Int32Array;
  decode(tokens: ArrayLike<number>): string;
}
