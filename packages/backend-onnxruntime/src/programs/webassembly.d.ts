/** The part of WebAssembly's JavaScript interface that programs use; Node's types leave it to those of the browser. */
declare global {
  namespace WebAssembly {
    class Memory {
      constructor(descriptor: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
      readonly buffer: ArrayBuffer;
      /** @throws RangeError */
      grow(pages: number): number;
    }
    class Module {
      constructor(bytes: Uint8Array<ArrayBuffer>);
    }
    class Instance {
      constructor(module: Module, imports: Readonly<Record<string, unknown>>);
      readonly exports: Readonly<Record<string, unknown>>;
    }
  }
}

export {};
