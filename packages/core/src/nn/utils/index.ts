export * as rnn from "./rnn/index.js";
